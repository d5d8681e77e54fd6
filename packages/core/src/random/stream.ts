import { requireArgument } from '../errors.js';
import { fillPhiloxBlock, type PhiloxState } from './philox.js';

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

const isUint = (value: number, bits: number): boolean =>
  Number.isInteger(value) && value >= 0 && value < 2 ** bits;

/** Validates a key and packs it: seed -> key, (draw, image, purpose + lane) -> upper counter words. */
export function streamState(stream: StreamKey): PhiloxState {
  const { seed, image, draw, lane = 0 } = stream;
  requireArgument(
    isUint(seed, 53),
    `streamState: expected seed an integer in [0, 2^53), got ${seed}`,
  );
  requireArgument(
    isUint(image, 32),
    `streamState: expected image an integer in [0, 2^32), got ${image}`,
  );
  requireArgument(
    isUint(draw, 32),
    `streamState: expected draw an integer in [0, 2^32), got ${draw}`,
  );
  requireArgument(
    isUint(lane, 23),
    `streamState: expected lane an integer in [0, 2^23), got ${lane}`,
  );
  const number: number | undefined = purposes[stream.purpose];
  requireArgument(
    number !== undefined,
    `streamState: expected purpose one of ${Object.keys(purposes).join(', ')}, got ${String(stream.purpose)}`,
  );
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
  const state = streamState(stream);
  const whole = out.length & ~3;
  for (let at = 0; at < whole; at += 4) fillPhiloxBlock(out, at, state, at >>> 2);
  if (whole < out.length) {
    const last = new Uint32Array(4);
    fillPhiloxBlock(last, 0, state, whole >>> 2);
    out.set(last.subarray(0, out.length - whole), whole);
  }
}

/** Fills `out` with uniforms in (0, 1): (word + 1/2) / 2^32, exact in float64. */
export function fillUniform(out: Float64Array, stream: StreamKey): void {
  const words = new Uint32Array(out.length);
  fillWords(words, stream);
  for (let i = 0; i < out.length; i += 1) out[i] = ((words[i] ?? 0) + 0.5) / 2 ** 32;
}
