import { existsSync, readFileSync } from 'node:fs';
import {
  analyze,
  createFiringRates,
  createObserver,
  createPatternDictionary,
  packPattern,
} from '@floatpath/activation-patterns';
import { fillUniform, float32Tensor, sizeOf } from '@floatpath/core';
import { readOnnx } from '@floatpath/model-io';
import { expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import { engine } from '../tiny.js';

const file = new URL('../../../../../shared/models/mnist-mlp-sigma0.onnx', import.meta.url);
const SEED = 9;
const INPUTS = 100_000;
const BATCH = 500;
/** Inputs after which memory should have settled. */
const WARM = 20_000;

/** Resident memory after a collection where one can be asked for. */
function residentMib(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss / 2 ** 20;
}

test.skipIf(!existsSync(file))('100,000 inputs stream in bounded memory', async () => {
  const analysis = analyze(readOnnx(new Uint8Array(readFileSync(file))));
  const size = sizeOf(analysis.inputShape);
  const dictionary = createPatternDictionary(analysis.layout, { seed: SEED });
  const rates = createFiringRates(analysis.layout);
  await using observer = await createObserver(engine, analysis);
  const memory: number[] = [];
  const started = process.cpuUsage();
  const uniform = new Float64Array(size);
  for (let first = 0; first < INPUTS; first += BATCH) {
    const values = new Float32Array(BATCH * size);
    for (let row = 0; row < BATCH; row += 1) {
      fillUniform(uniform, {
        ...{ seed: SEED, purpose: 'calibration', image: 1 },
        draw: first + row,
      });
      values.set(uniform, row * size);
    }
    const x = float32Tensor([BATCH, ...analysis.inputShape.slice(1)], values);
    for (const { selections } of await observer.observe(x)) {
      dictionary.add(packPattern(analysis.layout, selections));
      rates.add(selections);
    }
    if ((first + BATCH) % WARM === 0) memory.push(residentMib());
  }
  const { user, system } = process.cpuUsage(started);
  const numbers = {
    network: 'mnist-mlp-sigma0',
    inputs: dictionary.inputs,
    units: analysis.layout.units,
    distinct: dictionary.distinct,
    collisionChanceAtMost: dictionary.distinct ** 2 / 2 ** 129,
    residentMib: memory.map(Math.round),
    cpuSeconds: Math.round((user + system) / 1e6),
  };
  process.stderr.write(`${JSON.stringify(numbers)}\n`);
  writeEvidence('pattern-stream', {
    claim:
      'Selections of 100,000 inputs are observed, counted and put into a dictionary of patterns in memory that does not grow with the number of inputs beyond one dictionary entry each.',
    command: 'npm run test:deep -- packages/audit/test/deep/pattern-stream.deep.ts',
    seed: SEED,
    numbers,
  });
  expect(dictionary.inputs).toBe(INPUTS);
  const [settled = 0, ...later] = memory;
  // An entry of the dictionary is about 100 bytes: 8 MiB for the 80,000 inputs that follow. The rest is the collector's room.
  expect(Math.max(...later) - settled).toBeLessThan(150);
});
