// `npm run bench -- packages/path-decomp`: mean is CPU milliseconds per pair on a 784-256-256-10 network.
import { fillUniform, float32Tensor, type Float32Tensor, type Network } from '@floatpath/core';
import { analyze, segmentBetween } from '@floatpath/activation-patterns';
import { bench, describe } from 'vitest';
import {
  createDecomposer,
  createRestorer,
  flipBack,
  kinkList,
  marginLedger,
  preparePaths,
} from '../src/index.js';
import { ortNode } from '../test/ort.js';

const sizes = [784, 256, 256, 10];

function uniform(count: number, draw: number, scale: number): Float32Array {
  const values = new Float64Array(count);
  fillUniform(values, { seed: 1, purpose: 'calibration', image: 0, draw });
  return Float32Array.from(values, (value) => scale * (2 * value - 1));
}

/** Weights spread like those of a fresh network; about half of the units are active. */
function dense(): Network {
  const constants = new Map<string, Float32Tensor>();
  const nodes = sizes.slice(1).flatMap((to, layer) => {
    const from = sizes[layer] as number;
    constants.set(
      `W${layer}`,
      float32Tensor([from, to], uniform(from * to, layer, Math.sqrt(6 / from))),
    );
    constants.set(`b${layer}`, float32Tensor([to], uniform(to, 10 + layer, 0.1)));
    const last = layer === sizes.length - 2;
    const gemm = {
      name: `affine_${layer}`,
      op: 'Gemm',
      inputs: [layer === 0 ? 'x' : `h${layer - 1}`, `W${layer}`, `b${layer}`],
      outputs: [last ? 'logits' : `z${layer}`],
      attributes: {},
    };
    const relu = {
      name: `relu_${layer}`,
      op: 'Relu',
      inputs: [`z${layer}`],
      outputs: [`h${layer}`],
      attributes: {},
    };
    return last ? [gemm] : [gemm, relu];
  });
  return {
    name: 'dense',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 784] }],
    outputs: [{ name: 'logits', dtype: 'float32', shape: ['batch', 10] }],
    nodes,
    constants,
  };
}

const analysis = analyze(dense());
const paths = preparePaths(analysis);
const x = float32Tensor(
  [1, 784],
  uniform(784, 20, 0.5).map((v) => v + 0.5),
);
const move = uniform(784, 21, 1);
const adversarial = float32Tensor(
  [1, 784],
  x.data.map((v, i) => Math.min(1, Math.max(0, v + 0.3 * Math.sign(move[i] as number)))),
);
const neighborhood = segmentBetween(analysis, x, adversarial);
const label = neighborhood.logits.start.indexOf(Math.max(...neighborhood.logits.start));
const request = { x, adversarial, label, neighborhood };
const { rival } = marginLedger(paths, request);
const restorer = await createRestorer(ortNode(), analysis, { batchSize: 128 });
const decomposer = await createDecomposer(ortNode(), analysis, {
  selection: 'recorded',
  precision: 'float32',
  batchSize: 128,
});
const rows = float32Tensor(
  [128, 784],
  Float32Array.from({ length: 128 * 784 }, (_, i) => x.data[i % 784] as number),
);
const same = Array.from({ length: 128 }, () => neighborhood);

/** CPU milliseconds: time that other processes take does not count. */
function now(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
const options = { now, time: 1000, warmupTime: 300 };

describe(`one pair, ${neighborhood.float.reduce((a, b) => a + b, 0)} float units`, () => {
  bench('segment: every crossing', () => void segmentBetween(analysis, x, adversarial), options);
  bench('margin ledger, the segment known', () => void marginLedger(paths, request), options);
  bench(
    'margin ledger with its segment',
    () => {
      const segment = segmentBetween(analysis, x, adversarial);
      marginLedger(paths, { ...request, neighborhood: segment });
    },
    options,
  );
  bench('kink list, the segment known', () => void kinkList(neighborhood, label, rival), options);
  bench(
    'flip-back set on ONNX Runtime',
    async () => {
      const ledger = marginLedger(paths, request);
      const order = [...ledger.rows]
        .sort((a, b) => b.share - a.share || a.unit - b.unit)
        .map(({ unit }) => unit);
      await flipBack(restorer, { adversarial, label, neighborhood, order });
    },
    options,
  );
  bench(
    '128 outputs decomposed on ONNX Runtime',
    async () => {
      await decomposer.decompose(rows, same);
    },
    options,
  );
});
