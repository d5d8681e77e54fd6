import { readFileSync } from 'node:fs';
import { float64Tensor, type Network, type NetworkNode, type Tensor } from '@floatpath/core';

type Nested = readonly (number | Nested)[];

/** The parts of a golden file that repression is checked with. */
export interface Golden {
  readonly x: readonly number[];
  /** Per gate, 1 = fixed unit. */
  readonly fixed_masks: readonly (readonly number[])[];
  readonly path_sum_lambda: Readonly<Record<string, readonly number[]>>;
  readonly layerwise_lambda: Readonly<Record<string, readonly number[]>>;
}

interface Layer {
  readonly type: 'conv' | 'fc';
  readonly W: Nested;
  readonly b: Nested;
  readonly stride?: number;
  readonly pad?: number;
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./golden/${name}.json`, import.meta.url), 'utf8'));

function shapeOf(values: Nested): number[] {
  const [first] = values;
  return [values.length, ...(Array.isArray(first) ? shapeOf(first as Nested) : [])];
}

const tensor = (values: Nested): Tensor =>
  float64Tensor(shapeOf(values), (values as readonly number[]).flat(Infinity) as number[]);

/** Affine layers with Relu between them; gates are called `gate_1`, `gate_2`. */
function network(inputShape: readonly number[], layers: readonly Layer[]): Network {
  const nodes: NetworkNode[] = [];
  const add = (
    name: string,
    op: string,
    inputs: string[],
    attributes: NetworkNode['attributes'],
  ) => {
    nodes.push({ name, op, inputs, outputs: [`${name}_out`], attributes });
    return `${name}_out`;
  };
  let value = 'x';
  layers.forEach(({ type, stride = 1, pad = 0 }, l) => {
    if (type === 'conv') {
      value = add(`affine_${l}`, 'Conv', [value, `W${l}`, `b${l}`], {
        strides: [stride, stride],
        pads: [pad, pad, pad, pad],
      });
    } else {
      if (inputShape.length > 1) value = add(`flatten_${l}`, 'Flatten', [value], { axis: 1 });
      value = add(`affine_${l}`, 'Gemm', [value, `W${l}`, `b${l}`], { transB: 1 });
    }
    if (l < layers.length - 1) value = add(`gate_${l + 1}`, 'Relu', [value], {});
  });
  return {
    name: 'golden',
    inputs: [{ name: 'x', dtype: 'float64', shape: ['batch', ...inputShape] }],
    outputs: [{ name: value, dtype: 'float64', shape: ['batch', 3] }],
    nodes,
    constants: new Map(
      layers.flatMap(({ W, b }, l): [string, Tensor][] => [
        [`W${l}`, tensor(W)],
        [`b${l}`, tensor(b)],
      ]),
    ),
  };
}

/** 4-6-5-3: every path enumerated. */
export function mlpGolden(): { readonly golden: Golden; readonly network: Network } {
  const golden = read('mlp_4_6_5_3') as Golden & { W: Nested[]; b: Nested[] };
  const layers = golden.W.map((W, l) => ({ type: 'fc' as const, W, b: golden.b[l] as Nested }));
  return { golden, network: network([4], layers) };
}

/** Two convolutions and a dense layer: the fixed part from its explicit affine map. */
export function cnnGolden(): { readonly golden: Golden; readonly network: Network } {
  const golden = read('cnn_1x6x6') as Golden & { layers: Layer[] };
  return { golden, network: network([1, 6, 6], golden.layers) };
}
