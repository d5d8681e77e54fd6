import {
  FloatpathError,
  numbersOf,
  type Float32Tensor,
  type Model,
  type Network,
  type Preprocessing,
  type Tensor,
} from '@floatpath/core';
import type { OrtEngine } from '@floatpath/engine/ort';
import { writeOnnx } from '@floatpath/model-io';
import { requireCalibration, scRfp, type Calibration } from '@floatpath/sc-rfp';
import { requestedAnchor, requestWords, type AnchorRequest } from './anchor-request.js';
import type { SmoothableModel } from './smoothable.js';
import { analyzedNetwork, hashOfModel } from './analyzed-network.js';

/** Largest difference of logits, relative to the largest logit of the row, that rounding explains. */
const TOLERANCE = 1e-5;

/**
 * A model's network with its preprocessing inside, and the hash that calibrations name it by.
 *
 * @throws {FloatpathError} `unsupported-op` for a model whose graph was not read
 */
export async function exportableModel(
  model: Model,
  preprocessing: Preprocessing,
): Promise<Pick<SmoothableModel, 'network' | 'hash'>> {
  if (model.kind === 'opaque') {
    throw new FloatpathError(
      'unsupported-op',
      `export: expected a model whose graph can be read, got ${model.name} as an opaque one`,
    );
  }
  return {
    network: analyzedNetwork(model, preprocessing),
    hash: await hashOfModel(model, preprocessing),
  };
}

/**
 * A repressed network as the bytes of an ONNX file: preprocessing, partition and all inside, input and output as the model's.
 * `method` says in words which one.
 *
 * @throws {FloatpathError} `invalid-argument` for an anchor at the center, which no file can hold; `not-calibrated`
 */
export function exportModel(
  { network, hash }: Pick<SmoothableModel, 'network' | 'hash'>,
  request: AnchorRequest,
  calibration?: Calibration,
): { readonly bytes: Uint8Array; readonly network: Network; readonly method: string } {
  const { anchor: kind } = request;
  if (kind === 'center' || kind === 'signs-at-x') {
    throw new FloatpathError(
      'invalid-argument',
      `export: expected an anchor that is a function of the noisy input (input, global or denoised), got ${kind}; its network is another one at every image`,
    );
  }
  if (calibration !== undefined) {
    requireCalibration(calibration, { network, modelHash: hash, sigma: calibration.sigma });
  }
  const made = requestedAnchor({ ...request, anchor: kind }, calibration);
  const repressed = scRfp(network, made);
  return { bytes: writeOnnx(repressed), network: repressed, method: requestWords(made) };
}

/**
 * Runs the exported bytes in ONNX Runtime and the network itself on the engine, on the same inputs. Where the engine is ONNX
 * Runtime, too, that the bytes open there and hold this network is all that can be seen.
 *
 * @returns the largest difference of two logits, relative to the largest logit or 1
 * @throws {FloatpathError} `artefact-mismatch` where it is more than 1e-5
 */
export async function checkExport(
  engine: OrtEngine,
  { bytes, network }: { readonly bytes: Uint8Array; readonly network: Network },
  x: Float32Tensor,
): Promise<number> {
  const feeds = { [network.inputs[0]?.name ?? '']: x };
  const name = network.outputs[0]?.name ?? '';
  await using kernel = await engine.load(network);
  await using file = await engine.loadOnnx(bytes);
  const [ours, theirs] = [await kernel.run(feeds), await file.run(feeds)].map((fetches) =>
    numbersOf(fetches[name] as Tensor),
  ) as [Float64Array, Float64Array];
  const scale = ours.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
  const difference =
    ours.reduce((most, v, i) => Math.max(most, Math.abs(v - (theirs[i] as number))), 0) / scale;
  if (difference <= TOLERANCE) return difference;
  throw new FloatpathError(
    'artefact-mismatch',
    `export: expected logits within ${TOLERANCE}, got a difference of ${difference}; report this model`,
  );
}
