// Path-guided attack against APGD at equal gradient cost, on models whose gradients are masked and on one whose are not.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  fillUniform,
  float32Tensor,
  rowsOf,
  type Attack,
  type Float32Tensor,
  type Network,
  type NetworkNode,
  type ValueInfo,
} from '@floatpath/core';
import { apgd, guidedBy, restarts, square, worstOf } from '@floatpath/attacks';
import { createClassifier, gatesOf } from '@floatpath/engine';
import { ortEngine, type OrtModule } from '@floatpath/engine/ort';
import { readIdx } from '@floatpath/model-io/datasets';
import { readModel } from '@floatpath/model-io';
import { floatGateWidths, softenGates } from '@floatpath/path-decomp';
import { afterAll, expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';

const shared = new URL('../../../../../shared/', import.meta.url);
const missing = !existsSync(shared);
if (missing) console.warn('path-guided.deep: skipped, the shared networks are not here');
const bytes = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, shared)));

const IMAGES = 60;
const SEED = 0;
const EPSILON = 0.1;
const ITERATIONS = 100;

const node = (op: string, inputs: readonly string[], output: string): NetworkNode => ({
  name: `mask_${output}`,
  op,
  inputs,
  outputs: [output],
  attributes: {},
});

/** The network with nodes between a value and all that reads it. */
function masked(
  network: Network,
  value: string,
  nodes: (from: string, to: string) => readonly NetworkNode[],
  constants: Readonly<Record<string, readonly number[]>>,
): Network {
  const behind = `${value}_masked`;
  const rewired = network.nodes.map((one) => ({
    ...one,
    inputs: one.inputs.map((name) => (name === value ? behind : name)),
  }));
  const after = 1 + network.nodes.findIndex(({ outputs }) => outputs.includes(value));
  return {
    ...network,
    nodes: [...rewired.slice(0, after), ...nodes(value, behind), ...rewired.slice(after)],
    outputs: network.outputs.map((output) =>
      output.name === value ? { ...output, name: behind } : output,
    ),
    constants: new Map([
      ...network.constants,
      ...Object.entries(constants).map(
        ([name, values]) =>
          [name, float32Tensor(values.length === 1 ? [] : [values.length], values)] as const,
      ),
    ]),
  };
}

/** `levels` steps up to `top`, each a clip that is `steepness` times as steep as the identity. */
function staircase(network: Network, value: string, levels: number, top: number): Network {
  const steepness = 200;
  const constants: Record<string, readonly number[]> = {
    steep: [(steepness * levels) / top],
    none: [0],
    one: [1],
    height: [top / levels],
  };
  return masked(
    network,
    value,
    (from, to) => {
      const nodes: NetworkNode[] = [node('Mul', [from, 'steep'], 'scaled')];
      let sum = '';
      for (let k = 0; k < levels; k += 1) {
        constants[`edge${k}`] = [steepness * (k + 0.5)];
        nodes.push(node('Sub', ['scaled', `edge${k}`], `past${k}`));
        nodes.push(node('Clip', [`past${k}`, 'none', 'one'], `step${k}`));
        if (k > 0) nodes.push(node('Add', [sum, `step${k}`], `sum${k}`));
        sum = k > 0 ? `sum${k}` : 'step0';
      }
      return [...nodes, node('Mul', [sum, 'height'], to)];
    },
    constants,
  );
}

const inputName = ({ inputs }: Network): string => (inputs[0] as ValueInfo).name;
const outputName = ({ outputs }: Network): string => (outputs[0] as ValueInfo).name;

const models: Readonly<Record<string, (network: Network) => Network>> = {
  'not masked': (network) => network,
  'input of 8 levels': (network) => staircase(network, inputName(network), 8, 1),
  'input of 32 levels': (network) => staircase(network, inputName(network), 32, 1),
  'first hidden layer of 8 levels': (network) =>
    staircase(network, gatesOf(network)[0]?.output as string, 8, 2),
  'input with a dead zone below 0.05': (network) =>
    masked(
      network,
      inputName(network),
      (from, to) => [
        node('Sub', [from, 'threshold'], 'above'),
        node('Relu', ['above'], 'kept'),
        node('Mul', ['kept', 'stretch'], to),
      ],
      { threshold: [0.05], stretch: [1 / 0.95] },
    ),
  'logits times 10,000': (network) =>
    masked(network, outputName(network), (from, to) => [node('Mul', [from, 'large'], to)], {
      large: [1e4],
    }),
};

/** The same rows somewhere in the ball. */
function movedRows(x: Float32Tensor): Float32Tensor {
  const uniforms = new Float64Array(x.data.length);
  fillUniform(uniforms, { seed: SEED, purpose: 'calibration', image: 0, draw: 0 });
  return float32Tensor(
    x.shape,
    x.data.map((v, i) => Math.min(1, Math.max(0, v + EPSILON * (2 * (uniforms[i] as number) - 1)))),
  );
}

const numbers: { model: string; masked: boolean; robust: Record<string, number> }[] = [];

test.skipIf(missing).each(Object.entries(models))('%s', async (model, change) => {
  const require = createRequire(new URL('../../../engine/package.json', import.meta.url));
  const engine = ortEngine(require('onnxruntime-node') as OrtModule, 'onnxruntime-node');
  const file = 'mnist-mlp-sigma0.5';
  const network = change(readModel(bytes(`models/${file}.onnx`), { name: file }).network);
  const mnist = readIdx(
    bytes('networks/mnist-t1k/t1k-images-idx3-ubyte.gz'),
    bytes('networks/mnist-t1k/t1k-labels-idx1-ubyte.gz'),
  );
  const x = rowsOf(mnist.images, 0, IMAGES);
  const labels = mnist.labels.slice(0, IMAGES);
  const widths = await floatGateWidths(engine, network, { x, moved: movedRows(x) });
  const bounds = { bounds: [0, 1] as const };
  await using classifier = await createClassifier(engine, network, bounds);
  await using guide = await createClassifier(engine, softenGates(network, widths), bounds);
  const images = Uint32Array.from({ length: IMAGES }, (_, i) => i);
  const robust: Record<string, number> = {};
  const climb = (objective: 'cross-entropy' | 'dlr') => apgd({ objective, iterations: ITERATIONS });
  const attacks: Readonly<Record<string, Attack>> = {
    'apgd-ce, twice': restarts(climb('cross-entropy'), 2),
    'apgd-dlr, twice': restarts(climb('dlr'), 2),
    'apgd-ce, then guided': worstOf(
      climb('cross-entropy'),
      guidedBy(guide, climb('cross-entropy')),
    ),
    'apgd-dlr, then guided': worstOf(climb('dlr'), guidedBy(guide, climb('dlr'))),
    'square, 5000 queries': square(),
  };
  for (const [name, attack] of Object.entries(attacks)) {
    const result = await attack.run(
      classifier,
      x,
      { kind: 'untargeted', labels },
      { kind: 'ball', norm: 'linf', epsilon: EPSILON },
      { seed: SEED, images, batchSize: IMAGES },
    );
    robust[name] = result.rows.filter(({ status }) => status === 'failed').length;
    if (name === 'apgd-ce, twice')
      robust['right before'] = result.rows.filter(
        ({ status }) => status !== 'already-wrong',
      ).length;
  }
  numbers.push({ model, masked: model !== 'not masked', robust });
});

test.skipIf(missing)('the guide beats a second run of APGD where gradients are masked', () => {
  expect(numbers).toHaveLength(Object.keys(models).length);
  const robust = (name: string): number =>
    numbers.filter((row) => row.masked).reduce((sum, row) => sum + (row.robust[name] ?? 0), 0);
  expect(robust('apgd-ce, then guided')).toBeLessThan(robust('apgd-ce, twice'));
  expect(robust('apgd-dlr, then guided')).toBeLessThan(robust('apgd-dlr, twice'));
});

afterAll(() => {
  if (numbers.length !== Object.keys(models).length) return;
  writeEvidence('path-guided', {
    claim:
      'On masked models, APGD followed by APGD along the gradients of a copy with softened float gates leaves fewer images unbroken than two runs of APGD, at the same number of gradients',
    command: 'npm run test:deep -- packages/audit/test/deep/path-guided.deep.ts',
    seed: SEED,
    numbers: {
      images: IMAGES,
      norm: 'linf',
      epsilon: EPSILON,
      gradientsPerImage: 2 * (ITERATIONS + 1),
      rows: numbers,
    },
  });
});
