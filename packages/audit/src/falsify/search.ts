import {
  fillUniform,
  float32Tensor,
  rowsOf,
  sizeOf,
  type Classifier,
  type Float32Tensor,
} from '@floatpath/core';
import { meets, pushOf, type Target } from './target.js';

/** A point of a target's box at which the searched classifier meets the target's constraints. */
export interface Candidate {
  readonly target: Target;
  readonly x: Float32Array;
}

export interface SearchOptions {
  readonly seed: number;
  /** Decides on a candidate: the search ends where it says true. */
  readonly confirm: (candidate: Candidate) => Promise<boolean>;
}

/**
 * Goes on with the search for as long as `mayGoOn`, which is asked before every batch, says so.
 *
 * @returns whether a candidate was confirmed
 */
export type Search = (mayGoOn: () => boolean) => Promise<boolean>;

/** Points of one batch: more where an input is small. */
const BATCH_VALUES = 2 ** 16;
const MOST_ROWS = 256;
const FEWEST_ROWS = 16;

/** Gradient steps from one start; their size falls from half of the box to a thousandth of it. */
const STEPS = 30;
const FIRST_STEP = 0.5;
const STEP_RATIO = 0.82;

interface Row {
  readonly target: Target;
  readonly x: Float32Array;
  readonly penalty: 'worst' | 'sum';
}

/** The center of the box first, then points drawn uniformly, every fourth of them a corner. */
function startOf(
  { box: { low, high } }: Target,
  seed: number,
  image: number,
  draw: number,
): Float32Array {
  const uniforms = new Float64Array(low.length);
  if (draw > 0) fillUniform(uniforms, { seed, purpose: 'attack', image, draw });
  else uniforms.fill(0.5);
  return low.map((from, i) => {
    const u =
      draw > 0 && draw % 4 === 0 ? Math.round(uniforms[i] as number) : (uniforms[i] as number);
    const to = high[i] as number;
    return clamp(from + u * (to - from), from, to);
  });
}

const clamp = (value: number, low: number, high: number): number =>
  Math.min(Math.max(Math.fround(value), low), high);

/**
 * Looks for points that meet a target: signed gradient steps down a penalty of the constraints that do not hold, which may speak of
 * inputs and outputs alike. Every row of a batch has a target, a start and a penalty of its own; targets take turns. Without a gradient
 * only starts are looked at.
 *
 * @see Madry et al. 2018, "Towards Deep Learning Models Resistant to Adversarial Attacks", for signed steps in a box
 */
export function createSearch(
  classifier: Classifier,
  targets: readonly Target[],
  { seed, confirm }: SearchOptions,
): Search {
  const size = sizeOf(classifier.inputShape);
  const rows = Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, Math.floor(BATCH_VALUES / size)));

  /** Whether the outputs of a row meet its target, confirmed. */
  async function accepted(batch: readonly Row[], outputs: Float32Tensor): Promise<boolean> {
    for (const [i, { target, x }] of batch.entries()) {
      const y = rowsOf(outputs, i, i + 1).data;
      if (meets(target, x, y) && (await confirm({ target, x: x.slice() }))) return true;
    }
    return false;
  }

  const tensorOf = (batch: readonly Row[]): Float32Tensor => {
    const x = float32Tensor([batch.length, ...classifier.inputShape]);
    batch.forEach((row, i) => x.data.set(row.x, i * size));
    return x;
  };

  async function descend(batch: readonly Row[], mayGoOn: () => boolean): Promise<boolean> {
    let step = FIRST_STEP;
    for (let k = 0; k <= STEPS && mayGoOn(); k += 1) {
      const x = tensorOf(batch);
      const outputs = await classifier.logits(x);
      if (await accepted(batch, outputs)) return true;
      if (classifier.gradient === undefined) return false;
      if (k === STEPS) break;
      const pushes = batch.map((row, i) =>
        pushOf(row.target, row.x, rowsOf(outputs, i, i + 1).data, row.penalty),
      );
      const cotangent = float32Tensor(outputs.shape);
      pushes.forEach((push, i) => cotangent.data.set(push.outputs, i * classifier.classes));
      const { gradient } = await classifier.gradient(x, { kind: 'cotangent', cotangent });
      batch.forEach((row, i) => {
        const { low, high } = row.target.box;
        const push = pushes[i];
        for (let j = 0; j < size; j += 1) {
          const slope = (gradient.data[i * size + j] as number) + (push?.inputs.get(j) ?? 0);
          const from = low[j] as number;
          const to = high[j] as number;
          row.x[j] = clamp((row.x[j] as number) - Math.sign(slope) * step * (to - from), from, to);
        }
      });
      step *= STEP_RATIO;
    }
    return false;
  }

  let starts = 0;
  return async (mayGoOn) => {
    while (mayGoOn()) {
      const batch = Array.from({ length: rows }, (_, i): Row => {
        const image = (starts + i) % targets.length;
        const draw = Math.floor((starts + i) / targets.length);
        const target = targets[image] as Target;
        const x = startOf(target, seed, image, draw);
        return { target, x, penalty: draw % 2 === 0 ? 'sum' : 'worst' };
      });
      starts += rows;
      if (await descend(batch, mayGoOn)) return true;
    }
    return false;
  };
}
