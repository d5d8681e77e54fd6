import {
  float32Tensor,
  requireArgument,
  rowsOf,
  type Attack,
  type AttackOptions,
  type AttackResult,
  type AttackRow,
  type AttackWarning,
  type Classifier,
  type Criterion,
} from '@floatpath/core';
import { driveRows } from './drive.js';
import { goalOf, goalScore } from './goal.js';
import { requireInputs } from './require-inputs.js';
import { ask } from './search.js';
import { takeCriterion, takeRegion, takeRows } from './take-rows.js';

/**
 * Several attacks as one: each starts from x and sees only the rows that no earlier one broke.
 *
 * Breaks every row that its first attack breaks. Of a row that none breaks, the attempt with the largest margin in the
 * classifier's own logits is returned, at one more forward row per attack. Takes any `Attack`, another `worstOf` included.
 *
 * @throws {FloatpathError} `invalid-argument` without an attack
 * @example
 * const attack = worstOf(fgsm(), pgd({ steps: 40, objective: 'margin' }));
 */
export function worstOf(...attacks: readonly Attack[]): Attack {
  requireArgument(attacks.length > 0, 'worstOf: expected at least one attack, got none');
  return {
    name: `worstOf(${attacks.map(({ name }) => name).join(', ')})`,
    async run(classifier, x, criterion, region, options) {
      requireInputs(classifier, x, criterion, region, options);
      const data = x.data.slice();
      const best: { row: AttackRow; score: number }[] = [];
      const warnings: AttackWarning[] = [];
      const [count = 0] = x.shape;
      let survivors = Array.from({ length: count }, (_, row) => row);
      let forward = 0;
      let backward = 0;
      for (const attack of attacks) {
        if (survivors.length === 0) break;
        const tried = survivors;
        const triedCriterion = takeCriterion(criterion, tried);
        const result = await attack.run(
          classifier,
          takeRows(x, tried),
          triedCriterion,
          takeRegion(region, tried),
          optionsFor(attack, options, tried),
        );
        const scored = await attemptScores(classifier, result, triedCriterion, options);
        tried.forEach((row, at) => {
          const candidate = {
            row: result.rows[at] as AttackRow,
            score: scored.scores[at] as number,
          };
          const current = best[row];
          if (current !== undefined && candidate.score <= current.score) return;
          best[row] = candidate;
          const size = data.length / count;
          data.set(rowsOf(result.adversarial, at, at + 1).data, row * size);
        });
        survivors = tried.filter((_, at) => result.rows[at]?.status === 'failed');
        warnings.push(...result.warnings.map((warning) => relocated(warning, tried)));
        forward += result.queries.forward + scored.forward;
        backward += result.queries.backward;
      }
      return {
        adversarial: float32Tensor(x.shape, data),
        rows: best.map(({ row }) => row),
        queries: { forward, backward },
        warnings,
      };
    },
  };
}

function optionsFor(
  attack: Attack,
  { onProgress, ...rest }: AttackOptions,
  rows: readonly number[],
): AttackOptions {
  const images = Uint32Array.from(rows, (row) => rest.images[row] as number);
  if (onProgress === undefined) return { ...rest, images };
  return {
    ...rest,
    images,
    onProgress: ({ done, total }) => onProgress({ stage: attack.name, done, total }),
  };
}

/** The criterion's margin of each failed attempt; Infinity for rows that are settled. */
async function attemptScores(
  classifier: Classifier,
  result: AttackResult,
  criterion: Criterion,
  { onProgress: _, ...options }: AttackOptions,
): Promise<{ readonly scores: readonly number[]; readonly forward: number }> {
  const { results, queries } = await driveRows(
    classifier,
    result.rows.length,
    function* (row) {
      if (result.rows[row]?.status !== 'failed') return Infinity;
      const { logits } = yield* ask({
        kind: 'logits',
        x: rowsOf(result.adversarial, row, row + 1).data,
      });
      return goalScore(logits, goalOf(criterion, row));
    },
    options,
  );
  return { scores: results, forward: queries.forward };
}

function relocated(warning: AttackWarning, rows: readonly number[]): AttackWarning {
  if (warning.rows === undefined) return warning;
  return { ...warning, rows: warning.rows.map((at) => rows[at] as number) };
}
