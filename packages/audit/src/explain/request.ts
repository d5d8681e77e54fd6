import {
  defaults,
  FloatpathError,
  requireArgument,
  type Engine,
  type Norm,
  type Preprocessing,
  type Model,
} from '@floatpath/core';
import type { AttackName } from '@floatpath/attacks';
import { analyze, type Analysis, type BoundMethod } from '@floatpath/activation-patterns';
import { smoothableModel, type SmoothableModel } from '../smoothable.js';
import { opaqueRefusal } from '../analyzed-network.js';
import { requireAccurate } from '../prepare.js';
import { requireLabels, requirePixels, type AuditData } from '../settings.js';

export interface ExplainRequest {
  /** Needed to attack, and for balls. */
  readonly norm?: Norm;
  /** In input units. */
  readonly epsilon?: number;
  readonly attacks: readonly AttackName[];
  readonly neighborhood: 'segment' | 'ball';
  readonly evidence: 'segment' | 'compared' | 'proved';
  /** How it is proved; null without a proof. */
  readonly proof: BoundMethod | null;
  readonly preprocessing: Preprocessing;
  readonly seed: number;
  readonly batchSize: number;
}

type Known = Pick<ExplainRequest, 'evidence' | 'proof'>;

/** By the words that ask for them, the default first. */
const evidenceOf: Readonly<Record<ExplainRequest['neighborhood'], ReadonlyMap<string, Known>>> = {
  segment: new Map([
    ['segment', { evidence: 'segment', proof: null }],
    ['compared', { evidence: 'compared', proof: null }],
  ]),
  ball: new Map(
    (['crown', 'interval', 'alpha-crown'] as const).map((proof) => [
      proof,
      { evidence: 'proved', proof },
    ]),
  ),
};

/**
 * How fixed units of a neighborhood are known: as asked for, or every crossing on a segment and backward substitution on a ball.
 *
 * @throws {FloatpathError} `invalid-argument` for evidence that says nothing about fixed units of the neighborhood
 */
export function requestedEvidence(
  neighborhood: ExplainRequest['neighborhood'],
  asked: string | undefined,
): Known {
  const known = evidenceOf[neighborhood];
  const [first = ''] = known.keys();
  const found = known.get(
    asked === undefined || (neighborhood === 'ball' && asked === 'proved') ? first : asked,
  );
  if (found !== undefined) return found;
  throw new FloatpathError(
    'invalid-argument',
    `explain: expected evidence ${[...known.keys()].join(' or ')} for a ${neighborhood}, got ${asked}; a ledger needs to know which units are fixed, and sampling cannot show that`,
  );
}

/** @throws {FloatpathError} `invalid-argument`, naming what is missing and what for */
export function checkRequest(request: ExplainRequest, given: boolean): void {
  const { norm, epsilon, neighborhood } = request;
  const both = norm !== undefined && epsilon !== undefined;
  requireArgument(
    both || (given && neighborhood === 'segment'),
    `explain: expected --norm and --epsilon ${given ? 'for a ball' : 'to attack'}, got ${norm === undefined ? 'no norm' : 'no epsilon'}; give both`,
  );
  requireArgument(
    epsilon === undefined || (Number.isFinite(epsilon) && epsilon > 0),
    `explain: expected epsilon a finite number above 0, got ${epsilon}`,
  );
}

/** A model whose failures can be told by paths. */
export interface ExplainableModel extends SmoothableModel {
  readonly name: string;
  readonly analysis: Analysis;
}

/**
 * Puts preprocessing inside the network and prepares it for path analysis.
 *
 * @throws {FloatpathError} `unsupported-op` for a model whose graph is not read, `not-piecewise-linear` naming a smooth node,
 * `shape-mismatch`, `invalid-data` for pixels outside the bounds or labels of other classes, `inaccurate-model`
 */
export async function explainableModel(
  model: Model,
  data: AuditData,
  preprocessing: Preprocessing,
  engine: Engine,
  { allowInaccurate }: { readonly allowInaccurate: boolean },
): Promise<ExplainableModel> {
  if (model.kind === 'opaque') {
    throw new FloatpathError(
      'unsupported-op',
      `explain: expected a model whose graph can be read, got ${model.name}: ${opaqueRefusal(model)}, so it can be attacked, but its paths cannot be told`,
    );
  }
  requirePixels(data, preprocessing.bounds, 'explain');
  const ready = await smoothableModel(model, data, preprocessing, engine);
  const analysis = analyze(ready.network);
  requireLabels(data, ready.classes, 'explain');
  if (!allowInaccurate) {
    const { right, classes } = ready;
    const images = data.labels.length;
    requireAccurate(model.name, right, images, classes, defaults.minimumSkill, 'explain');
  }
  return { ...ready, name: model.name, analysis };
}
