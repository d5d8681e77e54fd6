import { float64Tensor, sizeOf } from '@floatpath/core';
import { evaluateHomogeneous, inferTypes } from '@floatpath/engine';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { analyze } from '../analysis.js';
import { createProbe } from './probe.js';
import { mapsOf } from './read-maps.js';
import type { SparseMap } from './sparse-map.js';

/** The dense matrix of a map, both of its orders agreeing. */
function dense(map: SparseMap): Float64Array {
  const matrix = new Float64Array(map.rows * map.columns);
  for (let j = 0; j < map.columns; j += 1) {
    for (let k = map.columnStart[j] as number; k < (map.columnStart[j + 1] as number); k += 1) {
      matrix[(map.row[k] as number) * map.columns + j] = map.weight[k] as number;
    }
  }
  for (let i = 0; i < map.rows; i += 1) {
    for (let k = map.rowStart[i] as number; k < (map.rowStart[i + 1] as number); k += 1) {
      const weight = map.weight[map.at[k] as number];
      expect(matrix[i * map.columns + (map.column[k] as number)]).toBe(weight);
    }
  }
  return matrix;
}

it('the maps of every affine op are what it makes of single unit vectors, to the last bit', () => {
  const probedTogether = new Set<string>();
  fc.assert(
    fc.property(networkCases(), ({ network }) => {
      const analysis = analyze(network);
      const types = inferTypes(analysis.network);
      const shapeOf = (name: string): readonly number[] => types.get(name)?.shape ?? [];
      for (const step of analysis.steps) {
        if (step.gate !== undefined) continue;
        step.node.inputs.forEach((name, slot) => {
          if (name === '' || step.isConstant(slot)) return;
          const probe = createProbe(step, slot, shapeOf, analysis.batched);
          let evaluations = 0;
          const counted: typeof probe.linear = (rows) => {
            evaluations += rows.length / probe.size;
            return probe.linear(rows);
          };
          const matrices = mapsOf({ ...probe, linear: counted }).map(dense);
          if (evaluations < probe.size) probedTogether.add(step.node.op);
          for (let j = 0; j < probe.size; j += 1) {
            const operands = step.operands((of) => float64Tensor(shapeOf(of)));
            const unit = new Float64Array(sizeOf(probe.shape));
            unit[j] = 1;
            operands[slot] = float64Tensor(probe.shape, unit);
            const columns = evaluateHomogeneous(step.node, operands, step.isConstant);
            columns.forEach(({ data }, output) => {
              const matrix = matrices[output] as Float64Array;
              // By ===: sums of zeros may be -0.
              const differ = Array.from(data, Number).filter(
                (value, i) => matrix[i * probe.size + j] !== value,
              );
              expect(differ).toEqual([]);
            });
          }
        });
      }
    }),
    { numRuns: 60 },
  );
  expect([...probedTogether]).toEqual(expect.arrayContaining(['Conv', 'AveragePool', 'Pad']));
});
