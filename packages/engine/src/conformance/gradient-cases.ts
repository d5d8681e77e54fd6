import {
  float32Tensor,
  shapeWithRows,
  sizeOf,
  type Network,
  type Objective,
} from '@floatpath/core';
import { differentiate, TARGET } from '../differentiate.js';
import { opOf } from '../ops/index.js';
import { targetRows } from '../target-rows.js';
import type { ConformanceCase } from './case.js';

/** The gradient network of every case that has one, as a case of its own: what `differentiate` emits, op by op. */
export function derivativesOf(cases: readonly ConformanceCase[]): readonly ConformanceCase[] {
  return cases.flatMap((each) => {
    const [input, output] = [each.network.inputs[0], each.network.outputs[0]];
    const isFloat = each.network.outputs.every(({ dtype }) => dtype === 'float32');
    const op = opOf(each.op);
    const hasGradient = op === undefined || op.backward !== undefined;
    if (input?.dtype !== 'float32' || output === undefined || !isFloat || !hasGradient) return [];
    const shape = shapeWithRows(output, each.feeds[input.name]?.shape[0] ?? 1);
    const cotangent = Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 5) % 7) - 3);
    return [
      {
        ...each,
        name: `derivative of ${each.name}`,
        network: differentiate(each.network, 'cotangent'),
        feeds: { ...each.feeds, [TARGET]: float32Tensor(shape, cotangent) },
      },
    ];
  });
}

/** The gradient of every objective at logits with and without ties. */
export function objectiveCases(): readonly ConformanceCase[] {
  const shape = ['batch', 5] as const;
  const network: Network = {
    name: 'logits',
    inputs: [{ name: 'x', dtype: 'float32', shape }],
    outputs: [{ name: 'logits', dtype: 'float32', shape }],
    nodes: [{ name: 'id', op: 'Identity', inputs: ['x'], outputs: ['logits'], attributes: {} }],
    constants: new Map(),
  };
  const x = float32Tensor([3, 5], [4, 1, 3, 0, 2, 2, 2, 1, 1, 1, 0, 0, 0, 0, 0]);
  const labels = Int32Array.of(2, 0, 1);
  const targets = Int32Array.of(4, 3, 2);
  const objectives: readonly Objective[] = [
    { kind: 'cross-entropy', labels },
    { kind: 'margin', labels },
    { kind: 'dlr', labels },
    { kind: 'targeted-dlr', labels, targets },
  ];
  return objectives.map((objective) => ({
    op: 'network',
    name: `gradient of ${objective.kind}`,
    network: differentiate(network, objective.kind),
    feeds: { x, [TARGET]: targetRows(objective, 5) },
  }));
}
