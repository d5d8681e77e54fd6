import { describe, expect, it } from 'vitest';
import { float32Tensor } from '@floatpath/core';
import { linearClassifier } from '../test/classifiers.js';
import { carliniWagnerL2 } from './carlini-wagner-l2.js';
import { carliniWagnerLinf } from './carlini-wagner-linf.js';

/** z_0 - z_1 = 3 (x0 - .3) + 4 (x1 - .3), so the boundary is at l2 distance |3 a + 4 b| / 5 and linf distance |3 a + 4 b| / 7. */
const planes = (shift: number) => linearClassifier([2], [3, 4, 0, 0], [-2.1 + shift, shift]);

const rows = float32Tensor([3, 2], [0.5, 0.4, 1, 0.3, 0.4, 0]);
// The third row is right as class 1 and has a pixel at 0; the second has one at 1.
const smallest = { l2: [0.2, 0.42, 0.18], linf: [1 / 7, 0.3, 0.9 / 7] } as const;

describe.each([
  { attack: carliniWagnerL2({ searchSteps: 12 }), norm: 'l2' as const },
  { attack: carliniWagnerLinf(), norm: 'linf' as const },
])('$attack.name', ({ attack, norm }) => {
  it.each([0, -50, 50])(
    'finds the smallest perturbation, pixels at the bounds included, with all logits shifted by %i',
    async (shift) => {
      const result = await attack.run(
        planes(shift),
        rows,
        { kind: 'untargeted', labels: Int32Array.of(0, 0, 1) },
        { kind: 'ball', norm, epsilon: 0.5 },
        { seed: 0, images: Uint32Array.of(0, 1, 2), batchSize: 4 },
      );
      expect(result.rows.map(({ status }) => status)).toEqual(['success', 'success', 'success']);
      result.rows.forEach(({ distance }, row) => {
        const least = smallest[norm][row] as number;
        expect(distance).toBeGreaterThan(least * (1 - 1e-4));
        // linf stops where nine tenths of the radius fail; l2 is an optimizer's answer.
        expect(distance).toBeLessThan(least * (norm === 'l2' ? 1.02 : 1.12));
      });
    },
  );
});

it('keeps the confidence that was asked for', async () => {
  const attack = carliniWagnerL2({ searchSteps: 12, confidence: 0.5 });
  const { adversarial } = await attack.run(
    planes(0),
    rows,
    { kind: 'untargeted', labels: Int32Array.of(0, 0, 1) },
    { kind: 'ball', norm: 'l2', epsilon: 1 },
    { seed: 0, images: Uint32Array.of(0, 1, 2), batchSize: 4 },
  );
  const z = planes(0).logitsNow(adversarial).data;
  const margins = [z[1]! - z[0]!, z[3]! - z[2]!, z[4]! - z[5]!];
  // Found at a margin of at least .5 in float32.
  expect(margins.every((margin) => margin > 0.5 - 1e-5)).toBe(true);
});

it('refuses meaningless settings', () => {
  expect(() => carliniWagnerL2({ iterations: 0 })).toThrow('carliniWagnerL2: expected iterations');
  expect(() => carliniWagnerL2({ confidence: -1 })).toThrow('expected confidence');
  expect(() => carliniWagnerLinf({ learningRate: 0 })).toThrow('expected learningRate');
});
