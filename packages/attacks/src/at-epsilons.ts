import {
  float32Tensor,
  requireArgument,
  rowsOf,
  type Attack,
  type AttackOptions,
  type AttackResult,
  type Classifier,
  type Criterion,
  type Float32Tensor,
  type Norm,
} from '@floatpath/core';
import { takeCriterion, takeRows } from './take-rows.js';

/**
 * One attack at several radii in one call. The radii are gone through from the smallest up; a row broken at one is broken, by the same
 * point, at every larger one, and is not attacked again.
 *
 * @param radii - of the balls, in input units; any order, each once
 * @returns one result per radius, in the order of `radii`; its queries are those spent at that radius
 * @throws {FloatpathError} `invalid-argument` for a list that is empty or names a radius twice; rejects as the attack does
 * @example
 * const [small, large] = await atEpsilons(pgd({ steps: 40 }), classifier, x, criterion, { norm: 'linf', radii: [2 / 255, 8 / 255] }, options);
 */
export async function atEpsilons(
  attack: Attack,
  classifier: Classifier,
  x: Float32Tensor,
  criterion: Criterion,
  { norm, radii }: { readonly norm: Norm; readonly radii: readonly number[] },
  options: AttackOptions,
): Promise<readonly AttackResult[]> {
  requireArgument(
    radii.length > 0 && new Set(radii).size === radii.length,
    `atEpsilons: expected different radii, got [${radii.join(', ')}]`,
  );
  const [count = 0] = x.shape;
  const size = count === 0 ? 0 : x.data.length / count;
  const results = new Map<number, AttackResult>();
  let known: AttackResult | undefined;
  for (const epsilon of [...radii].sort((a, b) => a - b)) {
    const left = Array.from({ length: count }, (_, row) => row).filter(
      (row) => known?.rows[row]?.status !== 'success',
    );
    const result = await attack.run(
      classifier,
      takeRows(x, left),
      takeCriterion(criterion, left),
      { kind: 'ball', norm, epsilon },
      { ...options, images: Uint32Array.from(left, (row) => options.images[row] as number) },
    );
    const data = (known?.adversarial ?? x).data.slice();
    const rows = [...(known?.rows ?? result.rows)];
    left.forEach((row, at) => {
      data.set(rowsOf(result.adversarial, at, at + 1).data, row * size);
      rows[row] = result.rows[at] as AttackResult['rows'][number];
    });
    const warnings = result.warnings.map((warning) =>
      warning.rows === undefined
        ? warning
        : { ...warning, rows: warning.rows.map((at) => left[at] as number) },
    );
    known = { ...result, adversarial: float32Tensor(x.shape, data), rows, warnings };
    results.set(epsilon, known);
  }
  return radii.map((epsilon) => results.get(epsilon) as AttackResult);
}
