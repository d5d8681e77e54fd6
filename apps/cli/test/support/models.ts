import { float32Tensor, type Network } from '@floatpath/core';

const gemm = { alpha: 1, beta: 1, transA: 0, transB: 0 };

/** Which quarter of a 4-pixel image is brightest: a model that is right on {@link brightQuarters}. */
export function quarterNetwork(
  options: { readonly gate?: string; readonly bias?: number } = {},
): Network {
  const { gate = 'Relu', bias = 0 } = options;
  const identity = Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0));
  return {
    name: 'quarter',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 4] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 4] }],
    nodes: [
      { name: 'a', op: 'Gemm', inputs: ['x', 'W', 'b'], outputs: ['z'], attributes: gemm },
      { name: 'gate_7', op: gate, inputs: ['z'], outputs: ['h'], attributes: {} },
      { name: 'c', op: 'Gemm', inputs: ['h', 'W', 'b'], outputs: ['y'], attributes: gemm },
    ],
    constants: new Map([
      ['W', float32Tensor([4, 4], identity)],
      ['b', float32Tensor([4], [bias, 0, 0, 0])],
    ]),
  };
}

/** {@link quarterNetwork} for images of one channel and one row of four pixels. */
export function photoNetwork(): Network {
  const { nodes, ...rest } = quarterNetwork();
  const flatten = { name: 'f', op: 'Flatten', inputs: ['image'], outputs: ['x'] };
  return {
    ...rest,
    name: 'photo',
    inputs: [{ name: 'image', dtype: 'float32', shape: ['batch', 1, 1, 4] }],
    nodes: [{ ...flatten, attributes: { axis: 1 } }, ...nodes],
  };
}

/** The brightest quarter by an affine map alone: nothing in it switches. */
export function affineNetwork(): Network {
  const { nodes, ...rest } = quarterNetwork();
  const [first] = nodes;
  return { ...rest, name: 'affine', nodes: first ? [{ ...first, outputs: ['y'] }] : [] };
}

/** Image i has its pixel i % 4 bright. */
export const brightQuarters = (count: number): Float32Array =>
  Float32Array.from({ length: 4 * count }, (_, i) =>
    i % 4 === Math.floor(i / 4) % 4 ? 1 : 51 / 255,
  );
