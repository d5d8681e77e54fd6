import {
  argmaxRows,
  rowsOf,
  type Classifier,
  type Engine,
  type Float32Tensor,
  type RunOptions,
} from '@floatpath/core';
import { attackLedger, distance, namedAttack, type LedgerEntry } from '@floatpath/attacks';
import { prepareBounds } from '@floatpath/activation-patterns';
import { createClassifier } from '@floatpath/engine';
import { createDecomposer, createRestorer, preparePaths } from '@floatpath/path-decomp';
import type { AuditData } from '../settings.js';
import {
  explainFailuresFully,
  failureAt,
  type Explainer,
  type FailureToExplain,
  type FullExplanation,
} from './explain-failure.js';
import type { ExplanationRow } from './explanation.js';
import type { GivenAdversarial } from './given-adversarial.js';
import type { ExplainableModel, ExplainRequest } from './request.js';

/** Images that are attacked and explained together: what an interrupted run loses at most. */
const PART = 16;

/** One image's row, and for a failure what the row leaves out. */
export interface ExplainedImage {
  readonly row: ExplanationRow;
  readonly full?: FullExplanation & {
    readonly failure: ExplanationRow['failure'];
    readonly pair: FailureToExplain;
  };
}

/** Where the work is done. `precision` is what the engine computes in. */
export interface ExplainHost extends RunOptions {
  readonly engine: Engine;
  readonly precision: 'float32' | 'float64';
}

/** The attacks of a request, one after the other on the rows that the ones before left. */
export function explainAttacks(
  { attacks, norm = 'linf' }: Pick<ExplainRequest, 'attacks' | 'norm'>,
  classes: number,
): readonly LedgerEntry[] {
  const entries = attacks.flatMap((name) =>
    namedAttack(name, { norm, classes, criterion: 'untargeted' }),
  );
  return entries.filter(({ id }, at) => entries.findIndex((entry) => entry.id === id) === at);
}

/**
 * Explains images part by part: attacks them (or takes the adversarial versions given), and tells of every failure which paths
 * lost the margin. A row depends on its image, the model and the request only.
 *
 * @param positions - which of the images, ascending
 */
export async function* explainImages(
  model: ExplainableModel,
  data: AuditData,
  request: ExplainRequest,
  given: GivenAdversarial | undefined,
  positions: readonly number[],
  host: ExplainHost,
): AsyncGenerator<readonly ExplainedImage[]> {
  const { engine, precision, signal, onProgress } = host;
  const { bounds } = request.preprocessing;
  await using classifier = await createClassifier(engine, model.network, { bounds });
  await using decomposer = await createDecomposer(engine, model.analysis, {
    selection: 'recorded',
    precision,
    batchSize: request.batchSize,
  });
  await using restorer = await createRestorer(engine, model.analysis, request);
  const { analysis } = model;
  const prover = request.proof === null ? {} : { prover: prepareBounds(analysis) };
  const explainer = { paths: preparePaths(analysis), decomposer, restorer, ...prover };
  for (let from = 0; from < positions.length; from += PART) {
    signal?.throwIfAborted();
    const part = positions.slice(from, from + PART);
    const found =
      given === undefined
        ? await attacked(classifier, model, data, request, part, host)
        : part.map((position) => given.rows[position]);
    yield await explainPart(explainer, classifier, model, data, request, part, found, host);
    onProgress?.({
      stage: 'explain',
      done: Math.min(positions.length, from + PART),
      total: positions.length,
    });
  }
}

const takeRows = (images: Float32Tensor, positions: readonly number[]): Float32Tensor => {
  const size = images.data.length / (images.shape[0] ?? 1);
  const data = new Float32Array(positions.length * size);
  positions.forEach((from, to) =>
    data.set(images.data.subarray(from * size, (from + 1) * size), to * size),
  );
  return { dtype: 'float32', shape: [positions.length, ...images.shape.slice(1)], data };
};

async function attacked(
  classifier: Classifier,
  { images }: ExplainableModel,
  data: AuditData,
  request: ExplainRequest,
  part: readonly number[],
  { signal }: ExplainHost,
): Promise<Float32Tensor[]> {
  const { norm = 'linf', epsilon = 0, seed, batchSize } = request;
  const { result } = await attackLedger(
    explainAttacks(request, classifier.classes),
    classifier,
    takeRows(images, part),
    {
      kind: 'untargeted',
      labels: Int32Array.from(part, (position) => data.labels[position] as number),
    },
    { kind: 'ball', norm, epsilon },
    {
      ...{ seed, batchSize },
      images: Uint32Array.from(part, (position) => data.ids[position] as number),
      ...(signal && { signal }),
    },
  );
  return part.map((_, row) => rowsOf(result.adversarial, row, row + 1));
}

async function explainPart(
  explainer: Explainer,
  classifier: Classifier,
  { images }: ExplainableModel,
  data: AuditData,
  request: ExplainRequest,
  part: readonly number[],
  found: readonly (Float32Tensor | undefined)[],
  host: ExplainHost,
): Promise<ExplainedImage[]> {
  const { norm, epsilon = Infinity, neighborhood, preprocessing } = request;
  const predicted = argmaxRows(await classifier.logits(takeRows(images, part)));
  const rows: (Omit<ExplanationRow, 'failure'> & { readonly pair?: FailureToExplain })[] = [];
  for (const [i, position] of part.entries()) {
    const label = data.labels[position] as number;
    const x = rowsOf(images, position, position + 1);
    const adversarial = found[i];
    const base = {
      image: data.ids[position] as number,
      label,
      predicted: predicted[i] as number,
    };
    if (base.predicted !== label) {
      rows.push({ ...base, status: 'already-wrong', adversarial: null });
      continue;
    }
    if (adversarial === undefined) {
      rows.push({ ...base, status: 'not-in-file', adversarial: null });
      continue;
    }
    const there = argmaxRows(await classifier.logits(adversarial))[0] as number;
    const [linf, l2, l1] = (['linf', 'l2', 'l1'] as const).map((one) =>
      distance(x.data, adversarial.data, one),
    ) as [number, number, number];
    const told = { predicted: there, linf, l2, l1 };
    const outside = neighborhood === 'ball' && { linf, l2, l1 }[norm ?? 'linf'] > epsilon;
    if (there === label || outside) {
      const status = there === label ? 'not-broken' : 'outside-ball';
      rows.push({ ...base, status, adversarial: told });
      continue;
    }
    const pair = failureAt(explainer, x, adversarial, label, request, preprocessing.bounds);
    rows.push({
      ...base,
      status: pair === undefined ? 'tie-in-float64' : 'failure',
      adversarial: told,
      ...(pair && { pair }),
    });
  }
  const pairs = rows.flatMap(({ pair }) => (pair === undefined ? [] : [pair]));
  const explained = await explainFailuresFully(explainer, pairs, host);
  let next = 0;
  return rows.map(({ pair, ...row }): ExplainedImage => {
    if (pair === undefined) return { row: { ...row, failure: null } };
    const full = explained[next] as FullExplanation;
    next += 1;
    return { row: { ...row, failure: full.failure }, full: { ...full, pair } };
  });
}
