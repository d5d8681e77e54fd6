import fc from 'fast-check';
import {
  argmaxRows,
  fillUniform,
  float32Tensor,
  type AttackOptions,
  type Criterion,
  type Float32Tensor,
  type Region,
} from '@floatpath/core';
import { randomMlp, type PlainClassifier } from './classifiers.js';

export interface Scenario {
  readonly classifier: PlainClassifier;
  readonly x: Float32Tensor;
  readonly criterion: Exclude<Criterion, { kind: 'linear' }>;
  readonly region: Region;
  readonly options: AttackOptions;
}

const SHAPE = [2, 3, 2] as const;
const SIZE = 12;

/** Random networks, inputs with pixels at 0 and 1, every region, both criteria; about one row in five is wrong already. */
export const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    rows: fc.integer({ min: 1, max: 7 }),
    classes: fc.integer({ min: 2, max: 5 }),
    scale: fc.constantFrom(0.1, 1, 30),
    shift: fc.constantFrom(0, -50),
    region: fc.constantFrom('linf', 'l2', 'l1', 'box'),
    epsilon: fc.constantFrom(1e-9, 0.004, 8 / 255, 0.1, 0.3, 0.75),
    targeted: fc.boolean(),
  })
  .map(({ seed, rows, classes, scale, shift, region, epsilon, targeted }) => {
    const classifier = randomMlp(seed, SHAPE, classes, { scale, shift });
    const uniforms = new Float64Array(rows * (SIZE + 1));
    fillUniform(uniforms, { seed, purpose: 'selection', image: 0, draw: 0 });
    // Wide of the bounds, then clipped: about a fifth of the pixels sit at 0 and as many at 1.
    const pixels = uniforms
      .subarray(0, rows * SIZE)
      .map((u) => Math.min(1, Math.max(0, 1.6 * u - 0.3)));
    const x = float32Tensor([rows, ...SHAPE], pixels);
    return {
      classifier,
      x,
      seed,
      rows,
      classes,
      region,
      epsilon,
      targeted,
      coins: uniforms.slice(-rows),
    };
  })
  .map(({ classifier, x, seed, rows, classes, region, epsilon, targeted, coins }) => {
    const predicted = argmaxRows(classifier.logitsNow(x));
    const labels = predicted.map((label, row) =>
      (coins[row] ?? 0) < 0.2 ? (label + 1) % classes : label,
    );
    return {
      classifier,
      x,
      criterion: targeted
        ? { kind: 'targeted', labels, targets: labels.map((label) => (label + 1) % classes) }
        : { kind: 'untargeted', labels },
      region:
        region === 'box'
          ? {
              kind: 'box',
              low: float32Tensor(
                x.shape,
                x.data.map((v) => v - epsilon),
              ),
              high: float32Tensor(
                x.shape,
                x.data.map((v) => v + epsilon / 2),
              ),
            }
          : { kind: 'ball', norm: region, epsilon },
      options: {
        seed,
        images: Uint32Array.from({ length: rows }, (_, i) => 1000 + 7 * i),
        batchSize: 64,
      },
    } as Scenario;
  });
