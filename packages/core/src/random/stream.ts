import { FloatpathError } from '../errors.js';
import type { PhiloxState } from './philox.js';
import { noiseKernels } from './shared-kernels.js';

/** Disjoint streams: bits drawn for one purpose are never seen by another. */
export const purposes = {
  selection: 1,
  estimation: 2,
  attack: 3,
  anchor: 4,
  calibration: 5,
  stevens: 6,
} as const;

export type Purpose = keyof typeof purposes;

/** Which vector of random words is meant. Nothing else (batch, order, worker) enters. */
export interface StreamKey {
  /** Integer in [0, 2^53). */
  readonly seed: number;
  readonly purpose: Purpose;
  /** Identity of the image, or 0 for noise shared by all images. */
  readonly image: number;
  /** Number of the draw. */
  readonly draw: number;
  /** Distinguishes uses within a purpose (attack, restart): integer in [0, 2^23). */
  readonly lane?: number;
}

function requireUint(name: string, value: number, bits: number): void {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** bits) return;
  throw new FloatpathError(
    'invalid-argument',
    `streamState: expected ${name} an integer in [0, 2^${bits}), got ${value}`,
  );
}

/** Validates a key and packs it: seed -> key, (draw, image, purpose + lane) -> upper counter words. */
export function streamState(stream: StreamKey): PhiloxState {
  const { seed, image, draw, lane = 0 } = stream;
  requireUint('seed', seed, 53);
  requireUint('image', image, 32);
  requireUint('draw', draw, 32);
  requireUint('lane', lane, 23);
  const number: number | undefined = purposes[stream.purpose];
  if (typeof number !== 'number') {
    throw new FloatpathError(
      'invalid-argument',
      `streamState: expected purpose one of ${Object.keys(purposes).join(', ')}, got ${String(stream.purpose)}`,
    );
  }
  return {
    key0: seed >>> 0,
    key1: Math.floor(seed / 2 ** 32),
    counter1: draw,
    counter2: image,
    counter3: ((lane << 8) | number) >>> 0,
  };
}

/** Fills `out` with the stream's 32-bit words from its beginning. */
export function fillWords(out: Uint32Array, stream: StreamKey): void {
  noiseKernels().fillWords(out, streamState(stream));
}

/** Fills `out` with uniforms in (0, 1): (word + 1/2) / 2^32, exact in float64. */
export function fillUniform(out: Float64Array, stream: StreamKey): void {
  const words = new Uint32Array(out.length);
  fillWords(words, stream);
  for (let i = 0; i < out.length; i += 1) out[i] = ((words[i] ?? 0) + 0.5) / 2 ** 32;
}
