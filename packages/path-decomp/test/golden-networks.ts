import { readFileSync } from 'node:fs';
import { float64Tensor, type Network, type NetworkNode, type Tensor } from '@floatpath/core';

type Nested = readonly (number | Nested)[];

const flat = (values: Nested): number[] =>
  values.flatMap((value) => (typeof value === 'number' ? [value] : flat(value)));

function shapeOf(values: Nested): number[] {
  const first = values[0];
  return [values.length, ...(typeof first === 'object' ? shapeOf(first) : [])];
}

const tensor = (values: Nested): Tensor => float64Tensor(shapeOf(values), flat(values));

const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`./golden/${name}.json`, import.meta.url), 'utf8')) as T;

interface Parts {
  readonly x: readonly number[];
  readonly fixed_masks: readonly (readonly number[])[];
  readonly preactivations: readonly (readonly number[])[];
  readonly logits: readonly number[];
  readonly fixed: readonly number[];
  readonly float: readonly number[];
  readonly fixed_affine: {
    readonly J: readonly (readonly number[])[];
    readonly b: readonly number[];
  };
  readonly path_sum_lambda: Readonly<Record<string, readonly number[]>>;
}

export interface MlpGolden extends Parts {
  readonly W: readonly Nested[];
  readonly b: readonly Nested[];
  readonly statuses: readonly (readonly number[])[];
  readonly neighbour: Pick<Parts, 'x' | 'preactivations' | 'logits' | 'fixed' | 'float'>;
}

interface GoldenLayer {
  readonly type: 'conv' | 'fc';
  readonly W: Nested;
  readonly b: Nested;
  readonly stride?: number;
  readonly pad?: number;
}

export interface CnnGolden extends Parts {
  readonly layers: readonly GoldenLayer[];
}

const gateNames = ['gate_1', 'gate_2'];

function network(
  inputShape: readonly number[],
  layers: readonly {
    readonly nodes: readonly Omit<NetworkNode, 'name'>[];
    readonly constants: Record<string, Tensor>;
  }[],
  output: string,
  classes: number,
): Network {
  return {
    name: 'golden',
    inputs: [{ name: 'x', dtype: 'float64', shape: ['batch', ...inputShape] }],
    outputs: [{ name: output, dtype: 'float64', shape: ['batch', classes] }],
    nodes: layers
      .flatMap((layer) => layer.nodes)
      .map((node, i) => ({
        ...node,
        name: node.op === 'Relu' ? `gate_${node.outputs[0]?.slice(1)}` : `node_${i}`,
      })),
    constants: new Map(layers.flatMap((layer) => Object.entries(layer.constants))),
  };
}

/** The brute-force path enumeration of a 4-6-5-3 network. */
export function mlpGolden(): { golden: MlpGolden; network: Network; gateNames: string[] } {
  const golden = read<MlpGolden>('mlp_4_6_5_3');
  const last = golden.W.length - 1;
  const layers = golden.W.map((W, l) => ({
    constants: { [`W${l}`]: tensor(W), [`b${l}`]: tensor(golden.b[l] as Nested) },
    nodes: [
      {
        op: 'Gemm',
        inputs: [l === 0 ? 'x' : `h${l}`, `W${l}`, `b${l}`],
        outputs: [`z${l + 1}`],
        attributes: { transB: 1 },
      },
      ...(l === last
        ? []
        : [{ op: 'Relu', inputs: [`z${l + 1}`], outputs: [`h${l + 1}`], attributes: {} }]),
    ],
  }));
  return { golden, network: network([4], layers, `z${last + 1}`, 3), gateNames };
}

/** The explicit affine map of the fixed part of a small convolutional network. */
export function cnnGolden(): { golden: CnnGolden; network: Network; gateNames: string[] } {
  const golden = read<CnnGolden>('cnn_1x6x6');
  const layers = golden.layers.map((layer, l) => {
    const input = l === 0 ? 'x' : `h${l}`;
    const constants = { [`W${l}`]: tensor(layer.W), [`b${l}`]: tensor(layer.b) };
    if (layer.type === 'fc') {
      return {
        constants,
        nodes: [
          { op: 'Flatten', inputs: [input], outputs: ['flat'], attributes: { axis: 1 } },
          {
            op: 'Gemm',
            inputs: ['flat', `W${l}`, `b${l}`],
            outputs: [`z${l + 1}`],
            attributes: { transB: 1 },
          },
        ],
      };
    }
    const { stride = 1, pad = 0 } = layer;
    return {
      constants,
      nodes: [
        {
          op: 'Conv',
          inputs: [input, `W${l}`, `b${l}`],
          outputs: [`z${l + 1}`],
          attributes: { strides: [stride, stride], pads: [pad, pad, pad, pad] },
        },
        { op: 'Relu', inputs: [`z${l + 1}`], outputs: [`h${l + 1}`], attributes: {} },
      ],
    };
  });
  return { golden, network: network([1, 6, 6], layers, 'z3', 3), gateNames };
}
