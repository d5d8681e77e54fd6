import { proveFixed } from '@floatpath/activation-patterns';
import {
  argmaxRows,
  defaultPreprocessing,
  float32Tensor,
  rowsOf,
  type Float32Tensor,
  type GraphModel,
  type NetworkNode,
} from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { certify, integerGaussian } from '@floatpath/smoothing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  attackPoint,
  explainPoint,
  exploreModel,
  imageShapeOf,
  ledgerView,
  neuronsAround,
  pointRadii,
  regionsAround,
  type ExploredModel,
} from '../src/explore/index.js';
import { stabilityRows, type StabilityRow } from '../src/stability-recipe.js';
import { engine, tinyAudit } from './tiny.js';

const gemm = (name: string, input: string, output: string, weights: string): NetworkNode => ({
  ...{ name, op: 'MatMul', inputs: [input, weights], outputs: [output], attributes: {} },
});

const relu = (name: string, input: string, output: string): NetworkNode => ({
  ...{ name, op: 'Relu', inputs: [input], outputs: [output], attributes: {} },
});

const networkOf = (
  name: string,
  size: number,
  layers: Pick<GraphModel['network'], 'nodes' | 'constants'>,
): GraphModel => ({
  ...{ kind: 'graph', name, format: 'onnx', bytes: new Uint8Array() },
  network: {
    name,
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', size] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 2] }],
    ...layers,
  },
});

let model: ExploredModel;
let x: Float32Tensor;
let label: number;

beforeAll(async () => {
  const { models, data } = await tinyAudit();
  x = rowsOf(data.images, 0, 1);
  model = await exploreModel(engine, models[0]?.model as GraphModel, defaultPreprocessing);
  const logits = await model.classifier.logits(x);
  label = argmaxRows(logits)[0] as number;
});

afterAll(() => model[Symbol.asyncDispose]());

test('the way to an attacked input is accounted for to the last digit', async () => {
  const attacked = await attackPoint(model, x, { label, norm: 'l2', epsilon: 2, seed: 0 });
  expect(attacked.status).toBe('success');
  const explained = await explainPoint(model, x, attacked.adversarial, label);
  const { ledger, kinks, flow, kind } = explained;
  const shares = ledger.rows.reduce((sum, { share }) => sum + share, ledger.fixed);
  expect(shares).toBeCloseTo(ledger.drop, 10);
  const bends = kinks.rows.reduce((sum, { effect }) => sum + effect, kinks.start);
  expect(bends).toBeCloseTo(-ledger.drop, 10);
  expect(flow.margin.adversarial).toBeLessThan(0);
  expect(kind).not.toBeNull();
  expect(explained.float).toBe(ledger.rows.length);
  const short = ledgerView(explained, 2);
  expect(short.lines).toHaveLength(3);
  expect(short.lines.reduce((sum, { share }) => sum + share, short.fixed)).toBeCloseTo(
    ledger.drop,
    10,
  );
});

test('an input that stays where it is loses nothing', async () => {
  const { ledger, kind, float } = await explainPoint(model, x, x, label);
  expect([ledger.drop, ledger.fixed, float, kind]).toEqual([0, 0, 0, null]);
});

test('units in a ball are proved fixed, seen to switch, or undecided; more of them switch in a larger one', async () => {
  const states = async (epsilon: number) =>
    (await neuronsAround(model, x, { kind: 'ball', norm: 'linf', epsilon })).gates;
  const small = await states(0.001);
  const large = await states(0.3);
  for (const gate of [...small, ...large]) {
    expect(gate.fixed + gate.float + gate.undecided).toBe(gate.units);
    expect(gate.undecided).toBeGreaterThanOrEqual(0);
  }
  const total = (of: typeof small, key: 'fixed' | 'float') =>
    of.reduce((sum, gate) => sum + gate[key], 0);
  expect(total(large, 'fixed')).toBeLessThan(total(small, 'fixed'));
  expect(total(large, 'float')).toBeGreaterThan(total(small, 'float'));
});

test.each(['linf', 'l2'] as const)(
  'units in an %s ball are counted as floatpath stability counts them',
  async (norm) => {
    const { proof, gates } = await neuronsAround(model, x, { kind: 'ball', norm, epsilon: 0.1 });
    const { analysis } = await model.paths();
    const request = { norm, epsilons: [0.1], bounds: model.bounds, draws: 128, alpha: 0.001 };
    const rows = stabilityRows(
      engine,
      analysis,
      { images: x, ids: Uint32Array.of(0) },
      { ...request, evidence: ['crown', 'sampled'], seed: 0, batchSize: 7 },
    );
    const { value } = await rows.next();
    expect(proof).toBe('crown');
    expect(gates).toEqual((value as StabilityRow).gates);
    const intervals = proveFixed(analysis, x, { norm, radius: 0.1, bounds: model.bounds });
    const total = (marks: readonly number[]) => marks.reduce((sum, mark) => sum + mark, 0);
    expect(total(gates.map(({ fixed }) => fixed))).toBeGreaterThan(total([...intervals.fixed]));
  },
);

test('a network of very many units is bounded by intervals', async () => {
  const wide = 20_001;
  const layers = {
    ...{ nodes: [relu('wide', 'x', 'h'), gemm('out', 'h', 'y', 'w')] },
    constants: new Map([['w', float32Tensor([wide, 2], new Float32Array(2 * wide).fill(1e-4))]]),
  };
  const opened = await exploreModel(engine, networkOf('wide', wide, layers), defaultPreprocessing);
  const center = float32Tensor([1, wide], new Float32Array(wide).fill(0.5));
  const ball = { kind: 'ball', norm: 'linf', epsilon: 0.1 } as const;
  const { proof, gates } = await neuronsAround(opened, center, ball);
  expect([proof, gates[0]?.fixed]).toEqual(['interval', wide]);
  await opened[Symbol.asyncDispose]();
});

test('more units are tau-float under more noise', async () => {
  const float = async (sigma: number) => {
    const { gates } = await neuronsAround(model, x, { kind: 'noise', sigma, tau: 0.05 });
    return gates.reduce((sum, gate) => sum + gate.float, 0);
  };
  expect(await float(0.5)).toBeGreaterThan(await float(0.01));
});

test('the plain row is what certify says, and the center row is not called certified', async () => {
  const plan = { n0: 20, n: 200, alpha: 0.01, seed: 3 };
  const radii = await pointRadii(model, x, { sigma: 0.1, ...plan });
  const noise = integerGaussian({ sigma: 0.1, bounds: [0, 1] });
  const certificate = await certify(model.classifier, x, { noise, ...plan, batchSize: 7 });
  const radius = certificate.kind === 'certified' ? certificate.radius : null;
  expect(radius).not.toBeNull();
  expect(radii.map(({ method, guarantee }) => [method, guarantee])).toEqual([
    ['plain', 'unconditional'],
    ['sc-rfp-center', 'conditional'],
  ]);
  expect(radii[0]?.value).toBe(radius);
});

test('a plane of regions starts in the region of the input, and stops where it is told to', async () => {
  const { adversarial } = await attackPoint(model, x, { label, norm: 'l2', epsilon: 2, seed: 0 });
  const map = await regionsAround(model, x, adversarial, { reach: 1, most: 5000 });
  expect(map.complete).toBe(true);
  expect(map.regions.length).toBeGreaterThan(3);
  expect(new Set(map.pieces.map((piece) => piece.label))).toContain(label);
  const cut = await regionsAround(model, x, adversarial, { reach: 1, most: 3 });
  expect([cut.regions.length, cut.complete]).toEqual([3, false]);
  const equal = regionsAround(model, x, x, { reach: 1, most: 3 });
  await expect(equal).rejects.toThrow('equal');
});

test('a plane is drawn around an input of photograph size', async () => {
  const size = 3 * 600 * 600;
  const weights = Float32Array.from({ length: 2 * size }, (_, i) => ((i % 7) - 3) / size);
  const layers = {
    nodes: [gemm('in', 'x', 'z', 'w'), relu('r', 'z', 'h'), gemm('out', 'h', 'y', 'v')],
    constants: new Map([
      ['w', float32Tensor([size, 2], weights)],
      ['v', float32Tensor([2, 2], Float32Array.of(1, -1, -1, 1))],
    ]),
  };
  const opened = await exploreModel(engine, networkOf('big', size, layers), defaultPreprocessing);
  const input = float32Tensor([1, size], new Float32Array(size).fill(0.5));
  const other = float32Tensor([1, size], new Float32Array(size).fill(0.6));
  const map = await regionsAround(opened, input, other, { reach: 1, most: 50 });
  expect(map.regions.length).toBeGreaterThan(0);
  await opened[Symbol.asyncDispose]();
});

test('an abort stops a run with its reason', async () => {
  const controller = new AbortController();
  controller.abort('moved');
  const run = pointRadii(
    model,
    x,
    { sigma: 0.1, n0: 20, n: 200, alpha: 0.01, seed: 0 },
    { signal: controller.signal },
  );
  await expect(run).rejects.toBe('moved');
});

test('a smooth network is opened, and says why it has no paths', async () => {
  const smooth: GraphModel = {
    kind: 'graph',
    name: 'smooth',
    format: 'onnx',
    bytes: new Uint8Array(),
    network: {
      name: 'smooth',
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 4] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 4] }],
      nodes: [{ name: 'squash', op: 'Sigmoid', inputs: ['x'], outputs: ['y'], attributes: {} }],
      constants: new Map(),
    },
  };
  const opened = await exploreModel(referenceEngine(), smooth, defaultPreprocessing);
  expect(opened.refusal).toContain('squash');
  await expect(opened.paths()).rejects.toThrow('squash');
});

test('inputs that are pictures', () => {
  expect(imageShapeOf([1, 28, 28])).toEqual({ channels: 1, height: 28, width: 28 });
  expect(imageShapeOf([784])).toEqual({ channels: 1, height: 28, width: 28 });
  expect(imageShapeOf([1, 784, 1])).toEqual({ channels: 1, height: 28, width: 28 });
  expect(imageShapeOf([3, 32, 32])).toEqual({ channels: 3, height: 32, width: 32 });
  expect(imageShapeOf([3072])).toEqual({ channels: 3, height: 32, width: 32 });
  expect(imageShapeOf([28, 28])).toEqual({ channels: 1, height: 28, width: 28 });
  expect(imageShapeOf([5])).toBeNull();
  expect(imageShapeOf([1, 1, 1, 5])).toBeNull();
});
