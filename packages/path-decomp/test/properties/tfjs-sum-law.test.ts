import { analyze, selectionsAt } from '@floatpath/activation-patterns';
import { createDecomposer } from '../../src/index.js';
import { networkCases } from '@floatpath/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import fc from 'fast-check';
import { tfjsEngine } from '@floatpath/engine/tfjs';
import { expect, it } from 'vitest';

const ROWS = 3;

it.each(['own', 'recorded'] as const)(
  'fixed and float paths add up to the output on TensorFlow.js, %s selections',
  async (selection) => {
    await tf.setBackend('cpu');
    const engine = tfjsEngine(tf);
    let float = 0;
    await fc.assert(
      fc.asyncProperty(networkCases(), async (test) => {
        const analysis = analyze(test.network);
        const options = { selection, precision: 'float32', batchSize: 2 } as const;
        await using decomposer = await createDecomposer(engine, analysis, options);
        const partitions = Array.from({ length: ROWS }, (_, row) => ({
          float: test.coins(row + 1, analysis.layout.units),
          selections: selectionsAt(analysis, test.point(row)),
        }));
        const rows = await decomposer.decompose(test.points(0, ROWS), partitions);
        expect(rows.map(({ holds }) => holds)).toEqual([true, true, true]);
        for (const row of rows) expect(row.residual).toBeLessThanOrEqual(row.tolerance);
        if (rows.some((row) => row.float.some((v) => v !== 0) && row.fixed.some((v) => v !== 0)))
          float += 1;
      }),
      { numRuns: 20 },
    );
    // The law must not hold because one part is always 0.
    expect(float).toBeGreaterThan(4);
  },
);
