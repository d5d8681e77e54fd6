import { expect, test } from 'vitest';
import { gridGaussianCuts } from './grid-gaussian-cuts.js';
import { gridGaussian, sampleByCuts } from './grid-gaussian.js';
import { fillPhiloxBlock } from './philox.js';
import { streamState, type StreamKey } from './stream.js';

const stream: StreamKey = { seed: 5, purpose: 'selection', image: 3, draw: 11 };
const position = 6;

/** The 64-bit uniform behind `position`: upper word from the stream, lower word with the top counter bit set. */
const uniform = ((): bigint => {
  const state = streamState(stream);
  const [upper, lower] = [new Uint32Array(4), new Uint32Array(4)];
  fillPhiloxBlock(upper, 0, state, position >> 2);
  const counter3 = (state.counter3 | 0x80000000) >>> 0;
  fillPhiloxBlock(lower, 0, { ...state, counter3 }, position >> 2);
  return (BigInt(upper[position & 3] as number) << 32n) | BigInt(lower[position & 3] as number);
})();

/** What a sampler with cuts at 2^61 and at `uniform + distance` makes of `position`. */
function drawBeside(distance: bigint): { readonly value: number; readonly rejected: boolean } {
  const cuts = BigUint64Array.of(1n << 61n, uniform + distance).sort();
  const out = new Float32Array(8);
  const rejected = sampleByCuts(5, cuts)(out, 0, 8, stream);
  return { value: out[position] as number, rejected };
}

test('the planted cuts share the upper word with the draw, so its lower word decides', () => {
  for (const distance of [-2n, 2n, -1000n, 1000n])
    expect((uniform + distance) >> 32n).toBe(uniform >> 32n);
});

test.each([-1n, 0n, 1n])('a draw %i from a cut point is rejected and written as 0', (distance) => {
  expect(drawBeside(distance)).toEqual({ value: 0, rejected: true });
});

test.each([2n, 1000n])('a draw %i below a cut point keeps its rank', (distance) => {
  const rank = uniform > 1n << 61n ? 1 : 0;
  expect(drawBeside(distance)).toEqual({ value: rank - 5, rejected: false });
});

test.each([-2n, -1000n])('a draw %i above a cut point has the next rank', (distance) => {
  const rank = uniform > 1n << 61n ? 2 : 1;
  expect(drawBeside(distance)).toEqual({ value: rank - 5, rejected: false });
});

test('a rejected draw does not disturb its neighbors', () => {
  const cuts = BigUint64Array.of(uniform);
  const out = new Float32Array(8);
  sampleByCuts(0, cuts)(out, 0, 8, stream);
  const plain = new Float32Array(8);
  sampleByCuts(0, BigUint64Array.of(uniform + 1000n))(plain, 0, 8, stream);
  expect([...out].toSpliced(position, 1)).toEqual([...plain].toSpliced(position, 1));
});

test.each([0, -1, NaN, Infinity, 0.9 / 25500, 10.01])('sigma %d is refused', (sigma) => {
  expect(() => gridGaussian(sigma)).toThrow('gridGaussian: expected sigma');
});

test('bounds without width are refused', () => {
  expect(() => gridGaussian(0.25, 0)).toThrow('gridGaussian: expected bounds of positive width');
});

test('sigma is the decimal that it prints as, and only its ratio to the width counts', () => {
  expect(gridGaussianCuts(0.1, 1).cuts).toEqual(gridGaussianCuts(0.2, 2).cuts);
  expect(gridGaussianCuts(1e-4, 1).cuts).toEqual(gridGaussianCuts(1, 10_000).cuts);
});

test('cut points ascend over the whole range of sigma', () => {
  for (const sigma of [1 / 25500, 0.0001, 0.001, 0.03, 0.25, 2]) {
    const { limit, cuts } = gridGaussianCuts(sigma);
    expect(cuts.length).toBe(2 * limit);
    expect(cuts.every((cut, j) => j === 0 || cut >= (cuts[j - 1] as bigint))).toBe(true);
  }
});
