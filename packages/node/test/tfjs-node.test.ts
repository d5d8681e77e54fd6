import type * as tfjs from '@tensorflow/tfjs-core';
import { checkEngine, conformanceCases, gradientCases } from '@floatpath/engine/conformance';
import { describe, expect, it } from 'vitest';
import { loadTfjs } from '../src/index.js';
import { nativeTfjs } from './native-tfjs.js';

const engine = await nativeTfjs();
if (typeof engine === 'string') console.log(`SKIPPED tfjs-node: ${engine}`);

describe.skipIf(typeof engine === 'string')('tfjs-node', () => {
  if (typeof engine === 'string') return;

  it.each([
    ['every op', conformanceCases],
    ['the derivative of every op', gradientCases],
  ])('agrees with the reference on %s', async (_, cases) => {
    const results = await checkEngine(engine, cases());
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
    expect(results.length).toBeGreaterThan(100);
  });

  it('leaves no tensor behind', async () => {
    const tf = (await loadTfjs('tfjs-node')).tf as typeof tfjs;
    const before = tf.memory().numTensors;
    await checkEngine(engine);
    expect(tf.memory().numTensors).toBe(before);
  });
});
