import {
  fillUniform,
  float32Tensor,
  rowsOf,
  sizeOf,
  type Classifier,
  type Float32Tensor,
} from '@floatpath/core';
import { holds } from './constraint.js';
import { pushOf, type Target } from './target.js';

/** A point of a target's box at which the searched classifier meets the target's constraints. */
export interface Candidate {
  readonly target: Target;
  readonly x: Float32Array;
}

export interface SearchLimits {
  /** Checked before every batch. */
  readonly mayGoOn: () => boolean;
  readonly seed: number;
  /** Decides on a candidate: the search ends where it says true. */
  readonly confirm: (candidate: Candidate) => Promise<boolean>;
}

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
 * @returns the first candidate that `confirm` accepts
 * @see Madry et al. 2018, "Towards Deep Learning Models Resistant to Adversarial Attacks", for signed steps in a box
 */
export async function search(
  classifier: Classifier,
  targets: readonly Target[],
  { mayGoOn, seed, confirm }: SearchLimits,
): Promise<Candidate | undefined> {
  const size = sizeOf(classifier.inputShape);
  const rows = Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, Math.floor(BATCH_VALUES / size)));

  /** The first row whose outputs meet its target, confirmed. */
  async function accepted(
    batch: readonly Row[],
    outputs: Float32Tensor,
  ): Promise<Candidate | undefined> {
    for (const [i, { target, x }] of batch.entries()) {
      const y = rowsOf(outputs, i, i + 1).data;
      const stated = target.box.stated(x);
      if (!target.constraints.every((constraint) => holds(constraint, stated, y))) continue;
      const candidate = { target, x: x.slice() };
      if (await confirm(candidate)) return candidate;
    }
    return undefined;
  }

  const tensorOf = (batch: readonly Row[]): Float32Tensor => {
    const x = float32Tensor([batch.length, ...classifier.inputShape]);
    batch.forEach((row, i) => x.data.set(row.x, i * size));
    return x;
  };

  async function descend(batch: readonly Row[]): Promise<Candidate | undefined> {
    let step = FIRST_STEP;
    for (let k = 0; k <= STEPS && mayGoOn(); k += 1) {
      const x = tensorOf(batch);
      const outputs = await classifier.logits(x);
      const found = await accepted(batch, outputs);
      if (found !== undefined || classifier.gradient === undefined) return found;
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
    return undefined;
  }

  for (let start = 0; mayGoOn(); start += 1) {
    const batch = Array.from({ length: rows }, (_, i): Row => {
      const number = start * rows + i;
      const image = number % targets.length;
      const draw = Math.floor(number / targets.length);
      const target = targets[image] as Target;
      return {
        target,
        x: startOf(target, seed, image, draw),
        penalty: draw % 2 === 0 ? 'sum' : 'worst',
      };
    });
    const found = await descend(batch);
    if (found !== undefined) return found;
  }
  return undefined;
}
