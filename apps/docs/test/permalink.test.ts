import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  defaultShared,
  readPermalink,
  writePermalink,
  type Shared,
} from '../playground/permalink.js';

const networks = ['mnist-cnn-sigma0', 'mnist-cnn-sigma0.25'];
const shared: fc.Arbitrary<Shared> = fc.record({
  network: fc.constantFrom(...networks),
  digit: fc.integer({ min: 0, max: 9 }),
  norm: fc.constantFrom('linf', 'l2', 'l1'),
  epsilon: fc.double({ min: 0, max: 20, noNaN: true }).map((v) => v + 0),
  sigma: fc.double({ min: 0.01, max: 2, noNaN: true }),
  n: fc.integer({ min: 100, max: 100_000 }),
  around: fc.constantFrom('ball', 'noise'),
});

test('an address gives back the settings that it was made from', () => {
  fc.assert(
    fc.property(shared, (settings) => {
      expect(readPermalink(writePermalink(settings), networks)).toEqual(settings);
    }),
  );
});

test('any other address gives settings in their ranges', () => {
  fc.assert(
    fc.property(fc.string(), (hash) => {
      const read = readPermalink(hash, networks);
      expect(networks).toContain(read.network);
      expect(read.sigma).toBeGreaterThan(0);
    }),
  );
  const hostile = '#network=x&digit=99&norm=l7&epsilon=NaN&sigma=-1&n=1e99&around=';
  expect(readPermalink(hostile, networks)).toEqual(defaultShared);
});
