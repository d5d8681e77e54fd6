import { float64Tensor, sizeOf, type NetworkNode } from '@floatpath/core';
import { axisAttribute, numberAttribute } from '../attributes.js';
import { broadcastIndex, dataOf, elementwiseType } from './operands.js';
import type { SmoothOp } from './op.js';

const epsilonOf = (node: NetworkNode): number => numberAttribute(node, 'epsilon', 1e-5);

/** (x - mean) / sqrt(variance + epsilon) * scale + bias over the last axes, from `axis` on. */
export const layerNormalization: SmoothOp = {
  type: 'LayerNormalization',
  role: 'smooth',
  infer: elementwiseType,
  evaluate(node, inputs) {
    const x = dataOf(node, inputs, 0);
    const scale = dataOf(node, inputs, 1);
    const bias = inputs[2] === undefined ? undefined : dataOf(node, inputs, 2);
    const extent = sizeOf(x.shape.slice(axisAttribute(node, -1, x.shape.length)));
    const scaleAt = broadcastIndex(scale.shape, x.shape);
    const biasAt = bias && broadcastIndex(bias.shape, x.shape);
    const out = new Float64Array(x.data.length);
    for (let start = 0; start < out.length; start += extent) {
      const row = x.data.subarray(start, start + extent);
      const mean = row.reduce((sum, v) => sum + v, 0) / extent;
      const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / extent;
      const deviation = Math.sqrt(variance + epsilonOf(node));
      row.forEach((v, j) => {
        const i = start + j;
        const shift = bias && biasAt ? (bias.data[biasAt[i] as number] as number) : 0;
        out[i] = ((v - mean) / deviation) * (scale.data[scaleAt[i] as number] as number) + shift;
      });
    }
    return [float64Tensor(x.shape, out)];
  },
  // With n = (x - mean) / deviation and d = dy scale: dx = (d - mean(d) - n mean(d n)) / deviation
  backward({ graph, node, cotangents: [cotangent], inputTypes, needed }) {
    if (cotangent === undefined || !needed(0)) return [undefined, undefined, undefined];
    const [x, scale] = node.inputs as readonly [string, string];
    const shape = inputTypes[0]?.shape ?? [];
    const first = axisAttribute(node, -1, shape.length);
    const axes = graph.integers(shape.slice(first).map((_, i) => first + i));
    const size = graph.scalar(sizeOf(shape.slice(first)));
    const mean = (value: string): string =>
      graph.add('Div', [graph.add('ReduceSum', [value, axes], { keepdims: 1 }), size]);
    const centered = graph.add('Sub', [x, mean(x)]);
    const variance = mean(graph.add('Mul', [centered, centered]));
    const deviation = graph.add('Sqrt', [
      graph.add('Add', [variance, graph.scalar(epsilonOf(node))]),
    ]);
    const normalized = graph.add('Div', [centered, deviation]);
    const scaled = graph.add('Mul', [cotangent, scale]);
    const along = graph.add('Mul', [normalized, mean(graph.add('Mul', [scaled, normalized]))]);
    const inner = graph.add('Sub', [graph.add('Sub', [scaled, mean(scaled)]), along]);
    return [graph.add('Div', [inner, deviation]), undefined, undefined];
  },
};
