import fc from 'fast-check';
import { expect, it } from 'vitest';
import { randomTargets } from './random-targets.js';

it('draws other classes, from the seed and the image alone', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 12 }),
      fc.array(fc.record({ label: fc.nat(1000), image: fc.nat() }), { minLength: 1 }),
      fc.maxSafeNat(),
      (classes, rows, seed) => {
        const labels = Int32Array.from(rows, ({ label }) => label % classes);
        const images = Uint32Array.from(rows, ({ image }) => image);
        const targets = randomTargets(labels, images, classes, seed);
        targets.forEach((target, row) => {
          expect(target >= 0 && target < classes && target !== labels[row]).toBe(true);
          const own = [row, row + 1] as const;
          const alone = randomTargets(labels.slice(...own), images.slice(...own), classes, seed);
          expect(alone[0]).toBe(target);
        });
      },
    ),
  );
});

it('draws every other class equally often', () => {
  const rows = 9000;
  const images = Uint32Array.from({ length: rows }, (_, i) => i);
  const targets = randomTargets(new Int32Array(rows).fill(3), images, 10, 1);
  const counts = new Array<number>(10).fill(0);
  for (const target of targets) counts[target] = (counts[target] as number) + 1;
  expect(counts[3]).toBe(0);
  // 1000 each, standard deviation 30: within five of them.
  for (const [j, count] of counts.entries()) {
    if (j !== 3) expect(Math.abs(count - 1000)).toBeLessThan(150);
  }
});

it('refuses what has no other class', () => {
  expect(() => randomTargets(Int32Array.of(0), Uint32Array.of(0), 1, 0)).toThrow(/two or more/);
  expect(() => randomTargets(Int32Array.of(2), Uint32Array.of(0), 2, 0)).toThrow(/labels in/);
});
