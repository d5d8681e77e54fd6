import { existsSync, readFileSync } from 'node:fs';
import {
  analyze,
  createObserver,
  createPatternHasher,
  packPattern,
} from '@floatpath/activation-patterns';
import { fillUniform, float32Tensor, sizeOf, type Float32Tensor } from '@floatpath/core';
import { readOnnx } from '@floatpath/model-io';
import { expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import { engine } from '../tiny.js';

const models = new URL('../../../../../shared/models/', import.meta.url);
/** Networks, with the edge of the square as a share of the way between two uniform inputs: many inputs share a pattern. */
const cases = [
  ['mnist-mlp-sigma0', 0.5],
  ['mnist-cnn-sigma0.25', 0.08],
] as const;
const SEED = 10;
/** Points along an edge of a grid on a square in input space. */
const SIDE = 200;

/** One line of the grid. */
function lineOf(shape: readonly number[], edge: number, line: number): Float32Tensor {
  const size = sizeOf(shape);
  const [corner, across, down] = [0, 1, 2].map((draw) => {
    const uniform = new Float64Array(size);
    fillUniform(uniform, { seed: SEED, purpose: 'calibration', image: 1, draw });
    return uniform;
  }) as [Float64Array, Float64Array, Float64Array];
  const values = Float32Array.from({ length: SIDE * size }, (_, at) => {
    const [u, v, i] = [Math.floor(at / size) / SIDE, line / SIDE, at % size];
    const from = corner[i] as number;
    return from + edge * (u * ((across[i] as number) - from) + v * ((down[i] as number) - from));
  });
  return float32Tensor([SIDE, ...shape.slice(1)], values);
}

test.skipIf(!existsSync(models))(
  'hashes count the patterns that whole patterns count',
  async () => {
    const numbers: Record<string, Record<string, number>> = {};
    for (const [name, edge] of cases) {
      const file = new URL(`${name}.onnx`, models);
      const analysis = analyze(readOnnx(new Uint8Array(readFileSync(file))));
      await using observer = await createObserver(engine, analysis);
      await using hasher = await createPatternHasher(engine, analysis, { seed: SEED });
      const keyOf = new Map<string, string>();
      const keys = new Set<string>();
      const firstWords = new Set<string | undefined>();
      let differing = 0;
      for (let line = 0; line < SIDE; line += 1) {
        const x = lineOf(analysis.inputShape, edge, line);
        const hashed = await hasher.hash(x);
        const observed = await observer.observe(x);
        observed.forEach(({ selections }, row) => {
          const pattern = Buffer.from(packPattern(analysis.layout, selections)).toString('latin1');
          const key = hashed[row] as string;
          if ((keyOf.get(pattern) ?? key) !== key) differing += 1;
          keyOf.set(pattern, key);
          keys.add(key);
          firstWords.add(key.split(',')[0]);
        });
      }
      const inputs = SIDE * SIDE;
      const { units } = analysis.layout;
      numbers[name] = {
        ...{ inputs, units, patterns: keyOf.size, keys: keys.size, differing },
        keysOfOneWord: firstWords.size,
      };
    }
    process.stderr.write(`${JSON.stringify(numbers)}\n`);
    writeEvidence('pattern-hashes', {
      claim:
        'Of 40,000 inputs on a grid, keys hashed inside the graph are as many as patterns, and equal exactly where whole patterns are.',
      command: 'npm run test:deep -- packages/audit/test/deep/pattern-hashes.deep.ts',
      seed: SEED,
      numbers,
    });
    for (const { inputs = 0, patterns = 0, keys, differing } of Object.values(numbers)) {
      expect(keys).toBe(patterns);
      expect(differing).toBe(0);
      // Neither all patterns are equal nor all different.
      expect(patterns).toBeGreaterThan(100);
      expect(patterns).toBeLessThan(inputs / 2);
    }
  },
);
