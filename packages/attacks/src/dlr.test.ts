import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dlrCotangent, dlrValue } from './dlr.js';

function dlr(z: readonly number[], label: number, target?: number): number {
  const [first = 0, , third = 0, fourth = 0] = [...z].sort((a, b) => b - a);
  const own = z[label] as number;
  if (target !== undefined) return ((z[target] as number) - own) / (first - (third + fourth) / 2);
  return (Math.max(...z.filter((_, j) => j !== label)) - own) / (first - third);
}

const logits = fc.uniqueArray(fc.integer({ min: -40, max: 40 }), { minLength: 4, maxLength: 8 });

it('is the gradient of DLR, by central differences', () => {
  fc.assert(
    fc.property(logits, fc.nat(), fc.option(fc.nat(), { nil: undefined }), (z, a, b) => {
      const label = a % z.length;
      const target = b === undefined ? undefined : (label + 1 + (b % (z.length - 1))) % z.length;
      const cotangent = dlrCotangent(Float32Array.from(z), label, target);
      expect(dlrValue(Float32Array.from(z), label, target)).toBeCloseTo(dlr(z, label, target), 12);
      z.forEach((_, j) => {
        const h = 1e-4;
        const at = (d: number): number =>
          dlr(
            z.map((v, k) => (k === j ? v + d : v)),
            label,
            target,
          );
        const slope = (at(h) - at(-h)) / (2 * h);
        // Logits are whole numbers apart, so no order changes within h; float32 and h^2 times the third derivative,
        // at most 6 gap / spread^4, leave less than 1e-5.
        expect(Math.abs((cotangent?.[j] ?? NaN) - slope)).toBeLessThan(1e-5);
      });
    }),
  );
});

it('is undefined with too few classes or nothing between the logits', () => {
  expect(dlrCotangent(Float32Array.of(1, 2), 0)).toBeUndefined();
  expect(dlrCotangent(Float32Array.of(1, 2, 3), 0, 1)).toBeUndefined();
  expect(dlrCotangent(Float32Array.of(1, 1, 1, 0), 0)).toBeUndefined();
  expect(dlrCotangent(Float32Array.of(1, 1, 1, 0), 0, 1)).toBeDefined();
});
