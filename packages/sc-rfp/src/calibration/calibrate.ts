import {
  fileSchema,
  FloatpathError,
  numbersOf,
  requireArgument,
  rowsOf,
  type Engine,
  type Float32Tensor,
  type Network,
  type RunOptions,
  type ValueInfo,
} from '@floatpath/core';
import { createGraphBuilder, foldConstants, gatesOf } from '@floatpath/engine';
import type { Noise } from '@floatpath/smoothing';
import { createNoisyRuns } from '../noisy-runs.js';
import { gateSignal } from '../gate-signal.js';
import type { Calibration } from './calibration.js';
import { imageFingerprints } from './fingerprint.js';
import { createSpread, type Spread } from './spread.js';

export interface CalibrateOptions extends RunOptions {
  /** The noise that the network will be smoothed with. */
  readonly noise: Noise;
  /** Noise vectors per image, at least 2. */
  readonly draws: number;
  readonly seed: number;
  readonly batchSize: number;
  /** sha256 of the model's file and preprocessing. */
  readonly modelHash: string;
}

/**
 * Measures how far every unit's pre-activation moves under the noise:
 * s_u = sqrt(mean over the images of Var z_u(x + noise)), the variance unbiased over `draws` noise vectors per image. At choice
 * gates (Max, MaxPool, ReduceMax) z_u is the lead of the winner over the runner-up.
 *
 * Image i uses draws of the stream (seed, calibration, i), so the result does not depend on `batchSize`.
 *
 * @param images - `[rows, ...]` training or held-out images, never those that are reported on (`assertDisjoint`)
 * @throws {FloatpathError} `invalid-argument` without images, for fewer than 2 draws or a network without gates;
 * `not-finite` if a pre-activation is NaN or infinite
 */
export async function calibrateDeviations(
  engine: Engine,
  network: Network,
  images: Float32Tensor,
  options: CalibrateOptions,
): Promise<Calibration> {
  const { noise, draws, seed, batchSize, modelHash, signal, onProgress } = options;
  const [rows = 0] = images.shape;
  requireArgument(rows >= 1, 'calibrateDeviations: expected at least one image, got none');
  requireArgument(
    Number.isSafeInteger(draws) && draws >= 2,
    `calibrateDeviations: expected draws an integer of at least 2, got ${draws}`,
  );
  const plain = foldConstants(network);
  const gates = gatesOf(plain);
  requireArgument(gates.length > 0, 'calibrateDeviations: expected a network with gates, got none');

  const observed = signals(plain);
  await using runs = await createNoisyRuns(engine, observed, noise);
  const spreads = gates.map((gate, i): [string, Spread] => [
    (observed.outputs[i] as ValueInfo).name,
    createSpread(gate.units),
  ]);
  for (let image = 0; image < rows; image += 1) {
    const request = {
      seed,
      purpose: 'calibration',
      image,
      draws,
      batchSize,
      ...(signal && { signal }),
    } as const;
    for await (const fetches of runs.at(rowsOf(images, image, image + 1), request)) {
      for (const [name, spread] of spreads) {
        const tensor = fetches[name];
        if (tensor !== undefined) spread.addRows(numbersOf(tensor));
      }
    }
    for (const [, spread] of spreads) spread.endGroup();
    onProgress?.({ stage: 'calibration', done: image + 1, total: rows });
  }
  return {
    schema: fileSchema.calibration,
    modelHash,
    sigma: noise.sigma,
    arithmetic: noise.arithmetic,
    images: rows,
    draws,
    seed,
    fingerprints: [...new Set(imageFingerprints(images))].sort(),
    deviations: new Map(
      gates.map((gate, i) => [gate.node.name, finite(gate.node.name, spreads[i]?.[1])]),
    ),
  };
}

/** One output `[batch, ...rowShape]` per gate: what its deviations are those of. */
function signals(network: Network): Network {
  const graph = createGraphBuilder(network);
  const outputs = gatesOf(network).map((gate): ValueInfo => ({
    // A copy, because a pre-activation may be the network's own input.
    name: graph.add('Identity', [gateSignal(graph, gate)]),
    dtype: 'float32',
    shape: ['batch', ...gate.rowShape],
  }));
  return graph.build(`${network.name} gate signals`, outputs);
}

function finite(gate: string, spread: Spread | undefined): Float32Array {
  const deviations = spread?.deviations() ?? new Float32Array();
  if (!deviations.every(Number.isFinite)) {
    throw new FloatpathError(
      'not-finite',
      `calibrateDeviations: expected finite pre-activations at gate "${gate}", got NaN or infinity; check the images and the model`,
    );
  }
  return deviations;
}
