import type { Network } from '@floatpath/core';
import { createDraft } from './draft.js';
import type { Grower } from './grower.js';
import { batchNormalization } from './growers/normalization.js';
import { constantBranch, negative, residual, scale, shift } from './growers/arithmetic.js';
import { extremum, maxPool, reduceMax } from './growers/choices.js';
import { conv, convTranspose } from './growers/convolution.js';
import { gemm, matmul } from './growers/dense.js';
import { absolute, clip, hardSigmoid, leakyRelu, prelu, relu } from './growers/gates.js';
import { concat, gather, pad, slice, split } from './growers/picks.js';
import { averagePool, reduceMean, resize } from './growers/pools.js';
import { flatten, identity, pixel, transpose, unflatten } from './growers/shapes.js';
import type { NumberPool } from './numbers.js';

/** Every op that random networks mix. */
export const growers: readonly Grower[] = [
  relu,
  gemm,
  conv,
  residual,
  matmul,
  shift,
  scale,
  batchNormalization,
  flatten,
  unflatten,
  constantBranch,
  extremum,
  maxPool,
  reduceMax,
  clip,
  leakyRelu,
  prelu,
  absolute,
  hardSigmoid,
  concat,
  split,
  pad,
  slice,
  gather,
  averagePool,
  reduceMean,
  resize,
  convTranspose,
  transpose,
  pixel,
  negative,
  identity,
];

/** What a family of random networks is made of. */
export interface Family {
  readonly inputShapes: readonly (readonly number[])[];
  /** Growers that step `step` may take, best first. */
  candidates(step: number): readonly Grower[];
  /** How far back a step may take its source from: 1 is the newest value only. */
  readonly reach: number;
}

const images = [
  [1, 4, 4],
  [2, 3, 3],
  [1, 5, 3],
] as const;
const rows = [[3], [4], [6]] as const;

export const families = {
  mlp: { inputShapes: rows, candidates: (step) => [step % 2 === 0 ? gemm : relu], reach: 1 },
  conv: { inputShapes: images, candidates: (step) => [step % 2 === 0 ? conv : relu], reach: 1 },
  dag: { inputShapes: [...images, ...rows], candidates: () => growers, reach: 3 },
} as const satisfies Record<string, Family>;

/** Integers that say how a network grows: one list per step. */
export interface Plan {
  readonly shape: number;
  readonly steps: readonly (readonly number[])[];
  readonly pool: NumberPool;
}

/** Grows the network of a plan: its steps, then Flatten where needed and a last Gemm to the logits. */
export function growNetwork(family: Family, plan: Plan): Network {
  const inputShape = family.inputShapes[
    plan.shape % family.inputShapes.length
  ] as readonly number[];
  const draft = createDraft(inputShape, plan.pool);
  plan.steps.forEach((step, number) => {
    const [which = 0, back = 0, ...choices] = step;
    const { values } = draft;
    const source = values[Math.max(0, values.length - 1 - (back % family.reach))];
    if (source === undefined) return;
    const candidates = family.candidates(number);
    for (let k = 0; k < candidates.length; k += 1) {
      const value = candidates[(which + k) % candidates.length]?.grow(draft.site(source, choices));
      if (value === undefined) continue;
      draft.keep(value);
      return;
    }
  });
  const last = draft.values.at(-1) ?? { name: 'x', rowShape: inputShape };
  const flat = flatten.grow(draft.site(last, [])) ?? last;
  const logits = gemm.grow(draft.site(flat, [])) ?? flat;
  return draft.finish(logits);
}
