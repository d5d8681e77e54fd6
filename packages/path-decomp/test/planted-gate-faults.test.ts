import {
  boolTensor,
  float64Tensor,
  int64Tensor,
  numbersOf,
  type Network,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { analyze, selectionsAt } from '@floatpath/activation-patterns';
import { describe, expect, it } from 'vitest';
import { maskFeeds, type Split } from '../src/index.js';
import { cases, check, honestSplit, makerOf, plant, withNode } from './tampering.js';

/** What a gate with offsets adds to S y, in one channel: the node to tamper with, and its linear part. */
function offsetSum(
  { network }: Split,
  value: string | undefined,
): { readonly where: NetworkNode; readonly slot: number; readonly linear: string } | undefined {
  const where = makerOf(network, value);
  if (where?.op !== 'Where') return undefined;
  for (const slot of [1, 2]) {
    const sum = makerOf(network, where.inputs[slot]);
    if (sum?.op === 'Add') return { where, slot, linear: sum.inputs[0] as string };
  }
  return undefined;
}

describe('the sum law catches', () => {
  it("a gate's own offset dropped from the fixed channel", async () => {
    const { changed, missed } = await plant(31, (split) => {
      for (const node of split.base.nodes) {
        if (!['Clip', 'HardSigmoid', 'Max', 'Min'].includes(node.op)) continue;
        const found = offsetSum(split, split.channels.get(node.outputs[0] ?? '')?.fixed);
        if (found === undefined) continue;
        const { where, slot, linear } = found;
        return withNode(split.network, where, {
          ...where,
          inputs: where.inputs.with(slot, linear),
        });
      }
      return undefined;
    });
    expect(changed).toBeGreaterThan(5);
    expect(missed).toBe(0);
  });

  it('a border of a Pad counted in both channels', async () => {
    const { changed, missed } = await plant(
      32,
      ({ network, base, channels }) => {
        for (const node of base.nodes) {
          const twin = makerOf(network, channels.get(node.outputs[0] ?? '')?.float);
          if (node.op !== 'Pad' || twin === undefined) continue;
          const value = node.inputs[2] as string;
          return withNode(network, twin, { ...twin, inputs: twin.inputs.with(2, value) });
        }
        return undefined;
      },
      600,
    );
    expect(changed).toBeGreaterThan(3);
    expect(missed).toBe(0);
  });
});

describe('float is exactly 0 without a float unit, which catches', () => {
  it('a bias sent to the float channel, though the sum law holds', async () => {
    let changed = 0;
    for (const { network, point } of cases(33)) {
      const analysis = analyze(network);
      const split = honestSplit(analysis.network);
      const head = split.base.nodes.at(-1) as NetworkNode;
      const float = makerOf(split.network, split.channels.get(head.outputs[0] ?? '')?.float);
      const fixed = makerOf(split.network, split.channels.get(head.outputs[0] ?? '')?.fixed);
      if (head.op !== 'Gemm' || head.inputs.length < 3 || !float || !fixed || fixed === head)
        continue;
      const moved = withNode(
        withNode(split.network, float, {
          ...float,
          inputs: float.inputs.with(2, head.inputs[2] as string),
        }),
        fixed,
        { ...fixed, inputs: fixed.inputs.slice(0, 2) },
      );
      const none = {
        float: new Uint8Array(analysis.layout.units),
        selections: selectionsAt(analysis, point(0)),
      };
      const feeds = { [analysis.input]: point(0), ...maskFeeds(analysis, [none], 'recorded') };
      const honest = await check(split, split.network, feeds);
      expect(honest.float.every((value) => value === 0)).toBe(true);
      const wrong = await check(split, moved, feeds);
      expect(wrong.holds).toBe(true);
      const bias = numbersOf(analysis.network.constants.get(head.inputs[2] as string) as Tensor);
      if (bias.every((value) => value === 0)) continue;
      changed += 1;
      expect(wrong.float.some((value) => value !== 0)).toBe(true);
    }
    expect(changed).toBeGreaterThan(20);
  });
});

interface Tie {
  readonly name: string;
  readonly node: Pick<NetworkNode, 'op' | 'attributes'>;
  readonly constants?: Readonly<Record<string, number>>;
  /** At a tie, and off it: all in one neighborhood, on which `piece` is selected. */
  readonly tie: readonly number[];
  readonly off: readonly number[];
  readonly piece: number;
  readonly pieceAtTie: number;
}

/** One image of one channel and 2 x 2 pixels through one gate to 4 outputs or 1. */
const ties: readonly Tie[] = [
  {
    name: 'Relu at 0',
    node: { op: 'Relu', attributes: {} },
    tie: [0, 1, 1, 1],
    off: [1, 1, 1, 1],
    piece: 1,
    pieceAtTie: 0,
  },
  {
    name: 'Abs at 0',
    node: { op: 'Abs', attributes: {} },
    tie: [0, 1, 1, 1],
    off: [1, 1, 1, 1],
    piece: 1,
    pieceAtTie: 0,
  },
  {
    name: 'Clip at its low level',
    node: { op: 'Clip', attributes: {} },
    constants: { low: 0, high: 2 },
    tie: [0, 1, 1, 1],
    off: [1, 1, 1, 1],
    piece: 1,
    pieceAtTie: 0,
  },
  {
    name: 'Clip at its high level',
    node: { op: 'Clip', attributes: {} },
    constants: { low: 0, high: 2 },
    tie: [2, 1, 1, 1],
    off: [1, 1, 1, 1],
    piece: 1,
    pieceAtTie: 2,
  },
  {
    name: 'Max of a value and a constant',
    node: { op: 'Max', attributes: {} },
    constants: { other: 1 },
    tie: [1, 2, 2, 2],
    off: [0, 2, 2, 2],
    piece: 1,
    pieceAtTie: 0,
  },
  {
    name: 'MaxPool with two equal pixels',
    node: { op: 'MaxPool', attributes: { kernel_shape: [2, 2] } },
    tie: [3, 0, 3, 1],
    off: [2, 0, 4, 1],
    piece: 2,
    pieceAtTie: 0,
  },
  {
    name: 'ReduceMin of two equal pixels',
    node: { op: 'ReduceMin', attributes: { keepdims: 1 } },
    tie: [0, 2, 5, 0],
    off: [1, 2, 5, 0],
    piece: 3,
    pieceAtTie: 0,
  },
];

function tied({ node, constants = {} }: Tie): Network {
  const pooled = node.op === 'MaxPool' || node.op === 'ReduceMin';
  return {
    name: 'tie',
    inputs: [{ name: 'x', dtype: 'float64', shape: ['batch', 1, 2, 2] }],
    outputs: [{ name: 'h', dtype: 'float64', shape: ['batch', 1, ...(pooled ? [1, 1] : [2, 2])] }],
    nodes: [
      {
        name: 'gate',
        inputs: ['x', ...Object.keys(constants), ...(node.op === 'ReduceMin' ? ['axes'] : [])],
        outputs: ['h'],
        ...node,
      },
    ],
    constants: new Map<string, Tensor>([
      ['axes', int64Tensor([2], [2, 3])],
      ...Object.entries(constants).map(([name, v]): [string, Tensor] => [
        name,
        float64Tensor([], [v]),
      ]),
    ]),
  };
}

describe.each(ties.map((tie) => [tie.name, tie] as const))('%s', (_, tie) => {
  const network = tied(tie);
  const analysis = analyze(network);
  const [gate] = analysis.gates;
  const shape = [1, ...(gate?.rowShape ?? [])];
  const image = (values: readonly number[]): Tensor => float64Tensor([1, 1, 2, 2], values);
  /** Sum and network output with the first unit recorded as `piece`, every unit fixed. */
  const at = async (values: readonly number[], piece: number): Promise<[number, number]> => {
    const selections = selectionsAt(analysis, image(tie.off));
    selections[0] = piece;
    const recorded =
      (gate?.pieces ?? 2) > 2
        ? int64Tensor(shape, Array.from(selections))
        : boolTensor(shape, Array.from(selections));
    await using kernel = await referenceEngine().load(honestSplit(network).network);
    const fetches = await kernel.run({
      x: image(values),
      'float:gate': boolTensor(shape, new Uint8Array(selections.length)),
      'selection:gate': recorded,
    });
    const [fixed, float, logits] = ['fixed', 'float', 'logits'].map(
      (name) => numbersOf(fetches[name] as Tensor)[0] as number,
    ) as [number, number, number];
    return [fixed + float, logits];
  };

  it('is selected as the tie rule says', () => {
    expect(selectionsAt(analysis, image(tie.tie))[0]).toBe(tie.pieceAtTie);
    expect(selectionsAt(analysis, image(tie.off))[0]).toBe(tie.piece);
  });

  it('keeps the sum law on the neighborhood with the selection recorded for it', async () => {
    for (const values of [tie.tie, tie.off]) {
      const [sum, logits] = await at(values, tie.piece);
      expect(sum).toBe(logits);
    }
  });

  it('breaks the sum law off the tie with the selection read at it', async () => {
    const [sum, logits] = await at(tie.off, tie.pieceAtTie);
    expect(sum).not.toBe(logits);
  });
});
