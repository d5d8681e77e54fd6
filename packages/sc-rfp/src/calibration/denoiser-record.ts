import { float32Tensor, FloatpathError } from '@floatpath/core';
import { denoiserOf, type Denoiser } from '../denoise/denoiser.js';
import { decodeFloats, encodeFloats, list, number, object, oneOf, refuse } from './fields.js';
import { fingerprintOf, littleEndianBytes } from './fingerprint.js';

/** Recognizes a denoiser's filters again. */
export function denoiserHash({ weights, bias }: Denoiser): string {
  return [weights, bias].map(({ data }) => fingerprintOf(littleEndianBytes(data))).join('');
}

export function encodeDenoiser(denoiser: Denoiser): object {
  const { kind, sigma, imageShape, weights, bias } = denoiser;
  return {
    kind,
    sigma,
    imageShape,
    hash: denoiserHash(denoiser),
    weightsShape: weights.shape,
    weights: encodeFloats(weights.data),
    bias: encodeFloats(bias.data),
  };
}

/** @throws {FloatpathError} `invalid-data` for filters that do not fit or whose hash differs */
export function decodeDenoiser(value: unknown): Denoiser {
  const fields = object(value, 'a denoiser');
  const kind = oneOf(fields, 'kind', ['full', 'conv']);
  const weights = decodeFloats('denoiser weights', fields['weights']);
  const bias = decodeFloats('denoiser bias', fields['bias']);
  let denoiser: Denoiser;
  try {
    denoiser = denoiserOf({
      kind,
      sigma: number(fields, 'sigma', (s) => s > 0, 'above 0'),
      imageShape: extents(fields['imageShape']),
      weights: float32Tensor(extents(fields['weightsShape']), weights),
      bias: float32Tensor([bias.length], bias),
    });
  } catch (error) {
    if (!(error instanceof FloatpathError) || error.code !== 'shape-mismatch') throw error;
    return refuse(`filters that fit (${error.message})`, fields['imageShape']);
  }
  const hash = denoiserHash(denoiser);
  return hash === fields['hash'] ? denoiser : refuse(`denoiser of hash ${hash}`, fields['hash']);
}

function extents(value: unknown): readonly number[] {
  return list(value, 'a shape').map((extent) =>
    Number.isSafeInteger(extent) && (extent as number) >= 1
      ? (extent as number)
      : refuse('extents from 1', extent),
  );
}
