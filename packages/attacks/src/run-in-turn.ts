import {
  float32Tensor,
  rowsOf,
  type Attack,
  type AttackOptions,
  type AttackResult,
  type AttackRow,
  type AttackWarning,
  type Classifier,
  type Criterion,
  type Float32Tensor,
  type Region,
} from '@floatpath/core';
import { driveRows } from './drive.js';
import { goalOf, goalScore } from './goal.js';
import { requireInputs } from './require-inputs.js';
import { ask } from './search.js';
import { takeCriterion, takeRegion, takeRows } from './take-rows.js';

/** What one attack did when its turn came. */
export interface Turn {
  /** The rows that no earlier attack had broken. */
  readonly tried: readonly number[];
  readonly broken: readonly number[];
  readonly queries: AttackResult['queries'];
  /** Rows are those of the whole call. */
  readonly warnings: readonly AttackWarning[];
}

/**
 * Runs attacks one after the other, each from x, on the rows that no earlier one broke. Of a row that none breaks, the
 * attempt with the largest margin in the classifier's own logits is returned, at one more forward row per attack.
 */
export async function runInTurn(
  attacks: readonly Attack[],
  classifier: Classifier,
  x: Float32Tensor,
  criterion: Criterion,
  region: Region,
  options: AttackOptions,
): Promise<{ readonly result: AttackResult; readonly turns: readonly Turn[] }> {
  requireInputs(classifier, x, criterion, region, options);
  const data = x.data.slice();
  const best: { row: AttackRow; score: number }[] = [];
  const turns: Turn[] = [];
  const [count = 0] = x.shape;
  let survivors = Array.from({ length: count }, (_, row) => row);
  for (const attack of attacks) {
    const tried = survivors;
    if (tried.length === 0) {
      turns.push({ tried, broken: [], queries: { forward: 0, backward: 0 }, warnings: [] });
      continue;
    }
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
      const candidate = { row: result.rows[at] as AttackRow, score: scored.scores[at] as number };
      const current = best[row];
      if (current !== undefined && candidate.score <= current.score) return;
      best[row] = candidate;
      data.set(rowsOf(result.adversarial, at, at + 1).data, row * (data.length / count));
    });
    const rowsWith = (status: AttackRow['status']): number[] =>
      tried.filter((_, at) => result.rows[at]?.status === status);
    survivors = rowsWith('failed');
    turns.push({
      tried,
      broken: rowsWith('success'),
      queries: {
        forward: result.queries.forward + scored.forward,
        backward: result.queries.backward,
      },
      warnings: result.warnings.map((warning) => relocated(warning, tried)),
    });
  }
  const total = (of: (turn: Turn) => number): number =>
    turns.reduce((sum, turn) => sum + of(turn), 0);
  return {
    result: {
      adversarial: float32Tensor(x.shape, data),
      rows: best.map(({ row }) => row),
      queries: {
        forward: total(({ queries }) => queries.forward),
        backward: total(({ queries }) => queries.backward),
      },
      warnings: turns.flatMap(({ warnings }) => warnings),
    },
    turns,
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
