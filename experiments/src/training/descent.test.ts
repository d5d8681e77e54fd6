import { expect, test } from 'vitest';
import { adam, momentum } from './descent.js';

test.each([
  ['momentum', momentum, 0.02],
  ['adam', adam, 0.05],
] as const)(
  '%s finds the least of a bowl that is steep one way and flat another',
  (_, made, rate) => {
    const value = Float32Array.of(1, -2);
    const descend = made(2);
    for (let step = 0; step < 1500; step += 1) {
      const slope = [4 * ((value[0] as number) - 0.5), 0.1 * (value[1] as number)];
      descend(value, slope, rate * (1 - step / 1500));
    }
    expect(Math.abs((value[0] as number) - 0.5)).toBeLessThan(1e-3);
    expect(Math.abs(value[1] as number)).toBeLessThan(1e-2);
  },
);

test('momentum sums slopes that shrink by a tenth a step', () => {
  const value = Float32Array.of(0);
  const descend = momentum(1);
  for (let step = 0; step < 3; step += 1) descend(value, [1], 0.5);
  // -(.5) - (.5 + .45) - (.5 + .45 + .405), in float32.
  expect(value[0]).toBeCloseTo(-2.805, 6);
});

test('steps of Adam do not depend on the scale of the slopes, and the first is the rate', () => {
  const run = (scale: number) => {
    const value = Float32Array.of(0);
    const descend = adam(1);
    return [3, -1, 2].map((slope) => {
      descend(value, [scale * slope], 0.1);
      return value[0] as number;
    });
  };
  const [first = 0, ...later] = run(1);
  expect(first).toBeCloseTo(-0.1, 6);
  run(1000).forEach((v, i) => expect(v).toBeCloseTo([first, ...later][i] as number, 5));
});
