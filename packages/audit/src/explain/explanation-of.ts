import type { AuditData } from '../settings.js';
import { dataHash } from '../settings.js';
import { explainAttacks } from './explain-images.js';
import { summarizeExplanation } from './explain-summary.js';
import type { Explanation, ExplanationRow, ExplanationSettings } from './explanation.js';
import type { ExplainableModel, ExplainRequest } from './request.js';

/** What an explanation was made with. @param given - name and sha256 of a file of adversarial examples, if there is one */
export async function explanationSettings(
  model: ExplainableModel,
  data: AuditData,
  request: ExplainRequest,
  given: string | undefined,
  engine: string,
): Promise<ExplanationSettings> {
  const { norm, epsilon, neighborhood, evidence, proof, seed, preprocessing } = request;
  const { bounds, mean, std, layout } = preprocessing;
  const attacks = explainAttacks(request, model.classes).map(({ attack }) => attack.name);
  return {
    model: model.name,
    hash: model.hash,
    data: data.name,
    dataHash: await dataHash(data),
    images: data.labels.length,
    seed,
    norm: norm ?? null,
    epsilon: epsilon ?? null,
    adversarial: given ?? attacks.join(', '),
    neighborhood,
    evidence,
    proof,
    bounds: [bounds[0], bounds[1]],
    ...(mean && { mean: [...mean] }),
    ...(std && { std: [...std] }),
    layout,
    engine,
  };
}

/** The explanation that rows make; incomplete while images are missing. */
export function explanationOf(
  settings: ExplanationSettings,
  rows: readonly ExplanationRow[],
  version: string,
): Explanation {
  return {
    schema: 'floatpath/explanation@1',
    tool: { name: 'floatpath', version },
    complete: rows.length === settings.images,
    settings,
    summary: summarizeExplanation(rows, settings.seed),
    rows: [...rows],
  };
}
