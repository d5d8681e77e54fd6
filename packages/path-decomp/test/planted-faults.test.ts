import {
  boolTensor,
  float32Tensor,
  float64Tensor,
  numbersOf,
  type Feeds,
  type Network,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { analyze, segmentBetween } from '@floatpath/activation-patterns';
import { describe, expect, it } from 'vitest';
import {
  attribute,
  createDecomposer,
  createRestorer,
  diagnoseFailures,
  flipBack,
  marginLedger,
  preparePaths,
  type Neighborhood,
} from '../src/index.js';
import { cases, check, honestSplit, makerOf, plant, withNode } from './tampering.js';

describe('the sum law catches', () => {
  it('an offset dropped from the fixed channel', async () => {
    const { changed, missed } = await plant(21, ({ network, base, channels }) => {
      for (const node of base.nodes) {
        const twin = makerOf(network, channels.get(node.outputs[0] ?? '')?.fixed);
        if (node.op !== 'Gemm' || twin === undefined || twin.name === node.name) continue;
        if (twin.inputs.length === 3) {
          return withNode(network, twin, { ...twin, inputs: twin.inputs.slice(0, 2) });
        }
      }
      return undefined;
    });
    expect(changed).toBeGreaterThan(20);
    expect(missed).toBe(0);
  });

  it('an offset counted in both channels', async () => {
    const { changed, missed } = await plant(22, ({ network, base, channels }) => {
      for (const node of base.nodes) {
        const twin = makerOf(network, channels.get(node.outputs[0] ?? '')?.float);
        if (node.op !== 'Gemm' || twin === undefined || node.inputs.length < 3) continue;
        const bias = node.inputs[2] as string;
        return withNode(network, twin, { ...twin, inputs: [...twin.inputs.slice(0, 2), bias] });
      }
      return undefined;
    });
    expect(changed).toBeGreaterThan(20);
    expect(missed).toBe(0);
  });

  it('a mask off by one unit, in recorded mode at the far end of a segment', async () => {
    let shifted = 0;
    let caught = 0;
    for (const { network, point } of cases(23)) {
      const analysis = analyze(network);
      const segment = segmentBetween(analysis, point(0), point(1));
      const end = segment.endSelections;
      const float = segment.float.map((_, i) => segment.float.at(i - 1) as number);
      // Only a switched unit that the shifted mask calls fixed, with a pre-activation that matters, is an error.
      const exposed = float.some((mark, i) => !mark && end[i] !== segment.selections[i]);
      if (!exposed) continue;
      const tilted: Neighborhood = { float, selections: segment.selections };
      await using decomposer = await createDecomposer(referenceEngine(), analysis, {
        selection: 'recorded',
        precision: 'float64',
        batchSize: 2,
      });
      const [right] = await decomposer.decompose(point(1), [segment]);
      expect(right?.holds).toBe(true);
      const [wrong] = await decomposer.decompose(point(1), [tilted]);
      shifted += 1;
      if (wrong?.holds === false) caught += 1;
    }
    expect(shifted).toBeGreaterThan(30);
    // Some exposed units have weight 0 toward every output.
    expect(caught / shifted).toBeGreaterThan(0.7);
  });

  it('a switched unit that is called fixed, whenever its output reaches the logits', async () => {
    let exposed = 0;
    for (const { network, point } of cases(24)) {
      const analysis = analyze(network);
      const segment = segmentBetween(analysis, point(0), point(1));
      const unit = segment.selections.findLastIndex(
        (piece, i) => piece !== segment.endSelections[i],
      );
      if (unit < 0) continue;
      await using decomposer = await createDecomposer(referenceEngine(), analysis, {
        selection: 'recorded',
        precision: 'float64',
        batchSize: 1,
      });
      const called = { ...segment, float: segment.float.with(unit, 0) };
      const [right] = await decomposer.decompose(point(1), [segment]);
      const [wrong] = await decomposer.decompose(point(1), [called]);
      const [a, b] = [right, wrong].map((row) =>
        row?.fixed.map((v, j) => v + (row.float[j] as number)),
      );
      if (a?.every((v, j) => Math.abs(v - (b?.[j] as number)) < 1e-6)) continue;
      exposed += 1;
      expect(wrong?.holds).toBe(false);
    }
    expect(exposed).toBeGreaterThan(20);
  });
});

/** z = x, h = relu(z), logits = (h, -h): one unit, no biases but b. */
function oneUnit(b: number): Network {
  return {
    name: 'one unit',
    inputs: [{ name: 'x', dtype: 'float64', shape: ['batch', 1] }],
    outputs: [{ name: 'y', dtype: 'float64', shape: ['batch', 2] }],
    nodes: [
      { name: 'gate', op: 'Relu', inputs: ['x'], outputs: ['h'], attributes: {} },
      { name: 'fc', op: 'Gemm', inputs: ['h', 'w', 'b'], outputs: ['y'], attributes: {} },
    ],
    constants: new Map<string, Tensor>([
      ['w', float64Tensor([1, 2], [1, -1])],
      ['b', float64Tensor([2], [b, 0])],
    ]),
  };
}

async function split(network: Network, feeds: Feeds): Promise<Record<string, number[]>> {
  await using kernel = await referenceEngine().load(honestSplit(network).network);
  const fetches = await kernel.run(feeds);
  return Object.fromEntries(
    Object.entries(fetches).map(([name, tensor]) => [name, Array.from(numbersOf(tensor))]),
  );
}

const bit = (value: number): Tensor => boolTensor([1, 1], [value]);
const x = (value: number): Tensor => float64Tensor([1, 1], [value]);

describe('what the sum law alone cannot see', () => {
  it('a bias sent to the float channel: float is not 0 where no unit is float', async () => {
    const plain = honestSplit(oneUnit(0.5));
    const twin = makerOf(plain.network, plain.channels.get('y')?.float) as NetworkNode;
    const fixedTwin = makerOf(plain.network, plain.channels.get('y')?.fixed) as NetworkNode;
    const moved = withNode(
      withNode(plain.network, twin, { ...twin, inputs: [...twin.inputs.slice(0, 2), 'b'] }),
      fixedTwin,
      { ...fixedTwin, inputs: fixedTwin.inputs.slice(0, 2) },
    );
    const feeds = { x: x(1), 'float:gate': bit(0), 'selection:gate': bit(1) };
    const wrong = await check(plain, moved, feeds);
    expect(wrong.holds).toBe(true);
    expect([...wrong.float]).not.toEqual([0, 0]);
    expect([...(await check(plain, plain.network, feeds)).float]).toEqual([0, 0]);
  });

  it('float by subtraction: it holds for a mask that the recurrence refuses', async () => {
    // The unit switches between x = 1 and x' = -1, yet the mask calls it fixed and active.
    const feeds = { x: x(-1), 'float:gate': bit(0), 'selection:gate': bit(1) };
    const parts = await split(oneUnit(0.5), feeds);
    const subtracted = parts['logits']?.map((v, j) => v - (parts['fixed']?.[j] as number));
    const residual = (float: number[] | undefined): number =>
      Math.max(
        ...(parts['logits'] ?? []).map((v, j) =>
          Math.abs((parts['fixed']?.[j] as number) + (float?.[j] as number) - v),
        ),
      );
    expect(residual(subtracted)).toBe(0);
    expect(residual(parts['float'])).toBe(1);
  });
});

describe('ties', () => {
  it('a tie is read from the neighborhood, not at x', async () => {
    // z = 0 at x, active on the rest of U: S_U = 1. Read at x it would be 0, and the fixed part not affine on U.
    const feeds = { 'float:gate': bit(0), 'selection:gate': bit(1) };
    const at = async (value: number): Promise<number> =>
      (await split(oneUnit(0), { x: x(value), ...feeds }))['fixed']?.[0] as number;
    expect([await at(0), await at(1), await at(2)]).toEqual([0, 1, 2]);
  });

  it('selections read at the tie instead break the sum law on the rest of U', async () => {
    const parts = await split(oneUnit(0), {
      x: x(1),
      'float:gate': bit(0),
      'selection:gate': bit(0),
    });
    expect((parts['fixed']?.[0] as number) + (parts['float']?.[0] as number)).toBe(0);
    expect(parts['logits']?.[0]).toBe(1);
  });

  it('a float unit at z = 0 adds nothing, whatever was recorded', async () => {
    const parts = await split(oneUnit(0), {
      x: x(0),
      'float:gate': bit(1),
      'selection:gate': bit(1),
    });
    expect(parts).toEqual({ logits: [0, 0], fixed: [0, 0], float: [0, 0] });
  });
});

describe('names and refusals', () => {
  it('gives its outputs their names when the network uses them inside', async () => {
    const network = oneUnit(0.25);
    const rename = (name: string): string =>
      ({ h: 'fixed', y: 'float', b: 'logits' })[name] ?? name;
    const awkward: Network = {
      ...network,
      outputs: network.outputs.map((output) => ({ ...output, name: rename(output.name) })),
      nodes: network.nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map(rename),
        outputs: node.outputs.map(rename),
      })),
      constants: new Map([...network.constants].map(([name, tensor]) => [rename(name), tensor])),
    };
    const feeds = { x: x(2), 'float:gate': bit(1), 'selection:gate': bit(0) };
    expect(await split(awkward, feeds)).toEqual(await split(network, feeds));
  });

  it('refuses a network that is not piecewise linear, naming the node', () => {
    const network = oneUnit(0);
    const smooth: Network = {
      ...network,
      nodes: [
        ...network.nodes,
        { name: 'last', op: 'Softmax', inputs: ['y'], outputs: ['p'], attributes: { axis: -1 } },
      ],
      outputs: [{ name: 'p', dtype: 'float32', shape: ['batch', 2] }],
    };
    expect(() => honestSplit(smooth)).toThrow(
      expect.objectContaining({
        code: 'not-piecewise-linear',
        message: expect.stringContaining('"last"') as string,
      }),
    );
  });

  it('refuses a neighborhood of another network', async () => {
    const analysis = analyze({ ...oneUnit(0) });
    await using decomposer = await createDecomposer(referenceEngine(), analysis, {
      selection: 'own',
      precision: 'float64',
      batchSize: 4,
    });
    const [float, selections] = [Uint8Array.of(1, 0), new Uint16Array(2)];
    const other = { float, selections, endSelections: selections };
    const x = float32Tensor([1, 1], [1]);
    const refused = { code: 'shape-mismatch' };
    await expect(decomposer.decompose(x, [other])).rejects.toMatchObject(refused);
    const pair = { x, adversarial: x, label: 0, neighborhood: other };
    await expect(diagnoseFailures(decomposer, [pair])).rejects.toMatchObject(refused);
    const paths = preparePaths(analysis);
    expect(() => marginLedger(paths, pair)).toThrow(expect.objectContaining(refused));
    expect(() => attribute(paths, x, other, new Float64Array(paths.classes))).toThrow(
      expect.objectContaining(refused),
    );
    await using restorer = await createRestorer(referenceEngine(), analysis, { batchSize: 4 });
    await expect(flipBack(restorer, { ...pair, order: [0] })).rejects.toMatchObject(refused);
  });
});
