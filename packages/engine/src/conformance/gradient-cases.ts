import { float32Tensor, shapeWithRows, sizeOf } from '@floatpath/core';
import { differentiate, TARGET } from '../differentiate.js';
import { opOf } from '../ops/index.js';
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
