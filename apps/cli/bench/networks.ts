// What is measured: two MNIST networks, from the shared folder beside the repository where it is, else the same layers with
// made-up weights, which take the same time.
import { existsSync, readFileSync } from 'node:fs';
import {
  float32Tensor,
  rowsOf,
  sizeOf,
  type Float32Tensor,
  type GraphModel,
  type Network,
} from '@floatpath/core';
import { createGraphBuilder, foldConstants } from '@floatpath/engine';
import { readModel } from '@floatpath/model-io';
import { readIdx } from '@floatpath/model-io/datasets';
import { mnistFiles } from '../src/mnist-files.js';

const models = new URL('../../../../shared/models/', import.meta.url);

export const bounds = [0, 1] as const;

export const benchNetworks = {
  cnn: { name: 'mnist-cnn-sigma0.25', sigma: 0.25 },
  mlp: { name: 'mnist-mlp-sigma0.5', sigma: 0.5 },
} as const;

export type NetworkKey = keyof typeof benchNetworks;

function madeUp(shape: readonly number[], salt: number): Float32Tensor {
  const fanIn = sizeOf(shape.slice(1)) || 1;
  const values = Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(7 * i + salt));
  return float32Tensor(
    shape,
    values.map((v) => v / Math.sqrt(fanIn)),
  );
}

function sameLayers(key: NetworkKey): Network {
  const graph = createGraphBuilder();
  let value = graph.input({ name: 'x', dtype: 'float32', shape: ['batch', 1, 28, 28] });
  const layer = (op: 'Conv' | 'Gemm', weights: readonly number[]): void => {
    const [outputs = 0] = weights;
    const parameters = [madeUp(weights, outputs), madeUp([outputs], 1)].map(graph.constant);
    const attributes = op === 'Gemm' ? { transB: 1 } : { strides: [2, 2], pads: [1, 1, 1, 1] };
    value = graph.add(op, [value, ...parameters], attributes);
  };
  const relu = (): void => void (value = graph.add('Relu', [value]));
  if (key === 'cnn') {
    layer('Conv', [16, 1, 4, 4]);
    relu();
    layer('Conv', [32, 16, 4, 4]);
    relu();
  }
  value = graph.add('Flatten', [value], { axis: 1 });
  const widths = key === 'cnn' ? [1568, 100, 10] : [784, 256, 256, 10];
  widths.slice(1).forEach((width, i) => {
    layer('Gemm', [width, widths[i] as number]);
    if (width !== 10) relu();
  });
  return graph.build(key, [{ name: value, dtype: 'float32', shape: ['batch', 10] }]);
}

export function benchNetwork(key: NetworkKey): Network {
  const { name } = benchNetworks[key];
  const file = new URL(`${name}.onnx`, models);
  if (!existsSync(file)) return sameLayers(key);
  const model = readModel(new Uint8Array(readFileSync(file)), { name }) as GraphModel;
  return foldConstants(model.network);
}

/** MNIST test images `0 .. count - 1` with their labels. */
export function benchImages(
  count: number,
  from: 'test' | 'train' = 'test',
): { readonly images: Float32Tensor; readonly labels: Int32Array; readonly ids: Uint32Array } {
  const files = mnistFiles(from);
  const read = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
  const all = readIdx(read(files.images), read(files.labels));
  return {
    images: rowsOf(all.images, 0, count),
    labels: all.labels.slice(0, count),
    ids: Uint32Array.from({ length: count }, (_, i) => i),
  };
}
