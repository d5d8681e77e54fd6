import { fillUniform } from '@floatpath/core';
import { expect, test } from 'vitest';
import {
  copyOfHead,
  createTrainer,
  dense,
  lossAndGradient,
  type Channel,
  type Head,
} from './head.js';

function random(size: number, draw: number): Float32Array {
  const out = new Float64Array(size);
  fillUniform(out, { seed: 5, purpose: 'calibration', image: 0, draw });
  return Float32Array.from(out, (u) => 2 * u - 1);
}

const [rows, features, hidden, classes] = [4, 6, 5, 3];
const head: Head = {
  w1: random(hidden * features, 0),
  b1: random(hidden, 1),
  w2: random(classes * hidden, 2),
  b2: random(classes, 3),
};
const labels = [0, 2, 1, 2];
const float = Uint8Array.from(random(rows * hidden, 4), (v) => (v > 0 ? 1 : 0));
const channels: readonly Channel[] = [
  { weight: 0.5, features: random(rows * features, 5), gates: 'own' },
  { weight: 0.5, features: random(rows * features, 6), gates: { channel: 0, float } },
];

test('a dense layer is W x + b', () => {
  const y = dense(
    Float32Array.of(1, 2),
    Float32Array.of(1, 0, 3, 1, -1, 1),
    Float32Array.of(0, 1, 0),
  );
  expect([...y]).toEqual([1, 6, 1]);
});

test('the gradient is that of finite differences, through own and borrowed gates', () => {
  const { gradient } = lossAndGradient(head, channels, labels);
  const step = 1e-2;
  for (const name of ['w1', 'b1', 'w2', 'b2'] as const) {
    head[name].forEach((_, i) => {
      const at = (sign: number) => {
        const moved = copyOfHead(head);
        moved[name][i] = (moved[name][i] as number) + sign * step;
        return lossAndGradient(moved, channels, labels).loss;
      };
      const slope = (at(1) - at(-1)) / (2 * step);
      // Second differences of a loss of size 1 at this step, and float32 sums; no gate is within reach of its kink.
      expect(Math.abs((gradient[name][i] as number) - slope)).toBeLessThan(2e-3);
    });
  }
  expect(gradient.w1.some((v) => Math.abs(v) > 0.01)).toBe(true);
});

test('training lowers the loss', () => {
  const trained = copyOfHead(head);
  const step = createTrainer(trained, 0.05);
  const losses = Array.from({ length: 40 }, () => step(channels, labels));
  expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] as number));
});
