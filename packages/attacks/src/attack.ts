import {
  float32Tensor,
  rowsOf,
  type Attack,
  type AttackOptions,
  type Classifier,
  type Criterion,
  type Float32Tensor,
  type Region,
} from '@floatpath/core';
import type { Queries } from './answer-batch.js';
import { driveRows } from './drive.js';
import { feasibleSet } from './feasible.js';
import { goalOf } from './goal.js';
import { requireInputs } from './require-inputs.js';
import { judgeByLogits, rowFate, type Judge } from './row-fate.js';
import type { Problem, Search } from './search.js';
import { takeRegion } from './take-rows.js';
import { warningsOf } from './warnings.js';

export interface AttackSpec {
  /** Full specification after defaults. */
  readonly name: string;
  readonly search: Search;
  /** The most that it sees of the classifier: gradients; logits only; or of the logits only which is largest. */
  readonly sees: 'gradients' | 'logits' | 'labels';
  /** The most rows that the search of one row sends through the network, for estimates. */
  readonly cost: (classes: number) => Queries;
  /** Whether another `restart` draws other random numbers. */
  readonly randomized: boolean;
  /** The classifier's own logits unless given. */
  readonly judge?: Judge;
}

/** An attack made of one search per row; what `restarts` takes. */
export interface SearchAttack extends Attack {
  readonly spec: AttackSpec;
}

/**
 * Makes an attack of a search. The frame does what no search should repeat: refuses bad input, leaves rows that are wrong
 * already alone, forces what the search returns into ball and bounds, and judges exactly that by a fresh query.
 */
export function attackOf(spec: AttackSpec): SearchAttack {
  return {
    name: spec.name,
    spec,
    async run(classifier, x, criterion, region, options) {
      requireInputs(classifier, x, criterion, region, options);
      const [rows = 0] = x.shape;
      const size = rows === 0 ? 0 : x.data.length / rows;
      const { results, queries } = await driveRows(
        classifier,
        rows,
        (row) => {
          const problem = problemOf(classifier, x, criterion, region, row, options);
          return rowFate(spec.search, spec.judge ?? judgeByLogits, problem);
        },
        options,
      );
      const data = new Float32Array(rows * size);
      results.forEach((fate, row) => data.set(fate.x, row * size));
      return {
        adversarial: float32Tensor(x.shape, data),
        rows: results.map((fate) => fate.row),
        queries,
        warnings: warningsOf(spec.name, classifier.classes, spec.judge === undefined, results),
      };
    },
  };
}

function problemOf(
  classifier: Classifier,
  x: Float32Tensor,
  criterion: Criterion,
  region: Region,
  row: number,
  options: AttackOptions,
): Omit<Problem, 'clean'> {
  const center = rowsOf(x, row, row + 1).data.slice();
  const own = takeRegion(region, [row]);
  return {
    x: center,
    shape: classifier.inputShape,
    goal: goalOf(criterion, row),
    classes: classifier.classes,
    region: own,
    bounds: classifier.bounds,
    set: feasibleSet(own, classifier.bounds, center, 0),
    seed: options.seed,
    image: options.images[row] as number,
    restart: 0,
  };
}
