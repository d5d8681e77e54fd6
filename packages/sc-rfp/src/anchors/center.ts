import {
  boolTensor,
  float32Tensor,
  numbersOf,
  requireArgument,
  type BoolTensor,
  type Engine,
  type Network,
  type Tensor,
} from '@floatpath/core';
import { foldConstants } from '@floatpath/engine';
import { floatInput, perImagePartition } from '@floatpath/path-decomp';
import type { AnchorObserver, ConditionalAnchorBase, ObserveOptions } from '../anchor.js';
import { meanInput } from '../forms/expectation.js';
import { createNoisyRuns } from '../noisy-runs.js';
import { selectionCounts, type CountOutputs } from '../selection-counts.js';

export interface CenterAnchor extends ConditionalAnchorBase<'center'> {
  readonly tau: number;
  readonly draws: number;
  readonly means: boolean;
}

export interface CenterAnchorOptions {
  /** A unit is float where more than this share of the draws leaves its most frequent selection; in [0, 1). */
  readonly tau: number;
  /** Noise vectors at the center. */
  readonly draws?: number;
  /** Finds the mean outputs at the center, too, from the same draws: for `expectationForm('center')`, and for no other form. */
  readonly means?: boolean;
}

const DRAWS = 500;

/**
 * The paper's reading: a unit is float iff it is tau-float at the center, 1 - max_s P(selection = s) > tau over noisy
 * copies of x, and this partition is then kept for every noisy input. For a two-piece gate active with frequency p:
 * min(p, 1 - p) > tau.
 *
 * A function of the center, so what it gives is a surrogate radius of the network frozen at x, no certificate.
 *
 * @throws {FloatpathError} `invalid-argument` for tau or draws out of range
 * @see Jiang 2023, On Explaining Neural Network Robustness with Activation Path
 */
export function centerAnchor(options: CenterAnchorOptions): CenterAnchor {
  const { tau, draws = DRAWS, means = false } = options;
  requireArgument(tau >= 0 && tau < 1, `centerAnchor: expected tau in [0, 1), got ${tau}`);
  requireArgument(
    Number.isSafeInteger(draws) && draws >= 1,
    `centerAnchor: expected draws an integer of at least 1, got ${draws}`,
  );
  return {
    kind: 'center',
    name: `center(tau ${tau}, ${draws} draws${means ? ', means' : ''})`,
    tau,
    draws,
    means,
    partition: perImagePartition(),
    observe: (engine, network, observed) =>
      observeCenters({ tau, draws, means }, engine, network, observed),
  };
}

async function observeCenters(
  { tau, draws, means }: Required<CenterAnchorOptions>,
  engine: Engine,
  network: Network,
  { noise, seed, batchSize }: ObserveOptions,
): Promise<AnchorObserver> {
  const counting = selectionCounts(foldConstants(network), { outputs: means });
  const runs = await createNoisyRuns(engine, counting.network, noise);
  return {
    async feedsAt(x, image, options = {}) {
      const totals = new Map<string, Float64Array>();
      const request = { ...options, seed, purpose: 'anchor', image, draws, batchSize } as const;
      for await (const counts of runs.at(x, request)) {
        for (const [name, tensor] of Object.entries(counts)) {
          const batch = numbersOf(tensor);
          const total = totals.get(name);
          totals.set(
            name,
            total === undefined ? batch : batch.map((n, i) => n + (total[i] as number)),
          );
        }
      }
      return Object.fromEntries(
        counting.gates.flatMap((outputs): [string, Tensor][] => [
          [floatInput(outputs.gate), tauFloat(outputs, totals, { tau, draws })],
          ...meanOf(outputs, totals, draws),
        ]),
      );
    },
    [Symbol.asyncDispose]: () => runs[Symbol.asyncDispose](),
  };
}

/** The mean output of a gate, where its sum was counted. */
function meanOf(
  { gate, sum }: CountOutputs,
  totals: ReadonlyMap<string, Float64Array>,
  draws: number,
): [string, Tensor][] {
  const total = totals.get(sum ?? '');
  if (total === undefined) return [];
  const mean = float32Tensor(
    [1, ...gate.rowShape],
    total.map((v) => v / draws),
  );
  return [[meanInput(gate), mean]];
}

/** 1 where more than tau of the draws leave the most frequent selection. */
function tauFloat(
  { gate, names }: CountOutputs,
  totals: ReadonlyMap<string, Float64Array>,
  { tau, draws }: { readonly tau: number; readonly draws: number },
): BoolTensor {
  const pieces = names.map((name) => totals.get(name) as Float64Array);
  const mask = new Uint8Array(gate.units);
  for (let unit = 0; unit < mask.length; unit += 1) {
    const upper = pieces.map((counts) => counts[unit] as number);
    const lowest = draws - upper.reduce((sum, n) => sum + n, 0);
    // One division, correctly rounded: a share equal to tau as a decimal compares equal.
    mask[unit] = (draws - Math.max(lowest, ...upper)) / draws > tau ? 1 : 0;
  }
  return boolTensor([1, ...gate.rowShape], mask);
}
