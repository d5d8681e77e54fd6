import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  fillNormal,
  fillPhiloxBlock,
  fillWords,
  gridGaussian,
  purposes,
  streamState,
  type Purpose,
  type StreamKey,
} from '../../src/index.js';

const streams: fc.Arbitrary<StreamKey> = fc.record({
  seed: fc.maxSafeNat(),
  purpose: fc.constantFrom(...(Object.keys(purposes) as Purpose[])),
  image: fc.nat(2 ** 31 - 1).map((v) => v * 2 + 1),
  draw: fc.nat(2 ** 31 - 1).map((v) => v * 2),
  lane: fc.nat(2 ** 23 - 1),
});

test('words do not depend on how many are asked for', () => {
  fc.assert(
    fc.property(streams, fc.nat(40), fc.nat(40), (stream, a, b) => {
      const [shorter, longer] = [new Uint32Array(a), new Uint32Array(a + b)];
      fillWords(shorter, stream);
      fillWords(longer, stream);
      expect(longer.subarray(0, a)).toEqual(shorter);
    }),
  );
});

test('blocks in any order, into any place, are the words', () => {
  fc.assert(
    fc.property(streams, fc.shuffledSubarray([0, 1, 2, 3, 4]), (stream, order) => {
      const words = new Uint32Array(20);
      fillWords(words, stream);
      for (const block of order) {
        const out = new Uint32Array(4);
        fillPhiloxBlock(out, 0, streamState(stream), block);
        expect(out).toEqual(words.subarray(4 * block, 4 * block + 4));
      }
    }),
  );
});

const grid = gridGaussian(0.25);
const fills = {
  normals: (out: Float32Array, at: number, size: number, stream: StreamKey) => {
    fillNormal(out, at, size, stream);
  },
  'grid noise': (out: Float32Array, at: number, size: number, stream: StreamKey) => {
    grid.fill(out, at, size, stream);
  },
};

test.each(Object.entries(fills))(
  '%s: any split of rows over buffers gives the same bits',
  (_, fill) => {
    const rowsAndSize = fc.record({ rows: fc.integer({ min: 1, max: 6 }), size: fc.nat(13) });
    fc.assert(
      fc.property(streams, rowsAndSize, fc.nat(5), (stream, { rows, size }, chunk) => {
        const start = Math.min(stream.draw, 2 ** 32 - rows);
        const whole = new Float32Array(rows * size);
        for (let row = 0; row < rows; row += 1)
          fill(whole, row * size, size, { ...stream, draw: start + row });
        const perBuffer = chunk + 1;
        for (let from = 0; from < rows; from += perBuffer) {
          const count = Math.min(perBuffer, rows - from);
          const buffer = new Float32Array(count * size + 2).fill(77);
          for (let row = count - 1; row >= 0; row -= 1)
            fill(buffer, 1 + row * size, size, { ...stream, draw: start + from + row });
          expect(buffer.slice(1, -1)).toEqual(whole.slice(from * size, (from + count) * size));
          expect([buffer[0], buffer.at(-1)]).toEqual([77, 77]);
        }
      }),
    );
  },
);
