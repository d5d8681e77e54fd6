import { expect, test } from 'vitest';
import { FloatpathError } from '../errors.js';
import { fillUniform, fillWords, purposes, streamState, type StreamKey } from './stream.js';

const stream: StreamKey = { seed: 0, purpose: 'estimation', image: 0, draw: 0 };

test.each([
  { seed: -1 },
  { seed: 2 ** 53 },
  { seed: 0.5 },
  { image: 2 ** 32 },
  { draw: -1 },
  { draw: NaN },
  { lane: 2 ** 23 },
  { purpose: 'decoration' as StreamKey['purpose'] },
])('a key outside its range is refused: %o', (change) => {
  expect(() => streamState({ ...stream, ...change })).toThrow(FloatpathError);
  expect(() => streamState({ ...stream, ...change })).toThrow(
    `streamState: expected ${Object.keys(change)[0]}`,
  );
});

test('every part of the key changes the words', () => {
  const first = (change: Partial<StreamKey>): string => {
    const out = new Uint32Array(4);
    fillWords(out, { ...stream, ...change });
    return out.join();
  };
  const keys: Partial<StreamKey>[] = [
    {},
    { seed: 1 },
    { seed: 2 ** 32 },
    { image: 1 },
    { draw: 1 },
    { lane: 1 },
    { lane: 2 ** 22 },
  ];
  const all = [
    ...keys.map(first),
    ...Object.keys(purposes)
      .filter((purpose) => purpose !== stream.purpose)
      .map((purpose) => first({ purpose: purpose as StreamKey['purpose'] })),
  ];
  expect(new Set(all).size).toBe(all.length);
});

test('uniforms are the words, centered between 0 and 1', () => {
  const words = new Uint32Array(9);
  const uniforms = new Float64Array(9);
  fillWords(words, stream);
  fillUniform(uniforms, stream);
  expect([...uniforms]).toEqual([...words].map((word) => (word + 0.5) / 2 ** 32));
});
