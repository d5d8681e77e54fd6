// Models of other formats against outputs that TensorFlow.js and NumPy gave for the very files. ../shared is not published.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { float32Tensor, shapeWithRows, sizeOf, type Engine, type Network } from '@floatpath/core';
import { readModel, readNnet } from '@floatpath/model-io';
import { describe, expect, test } from 'vitest';
import { referenceEngine } from '../src/index.js';
import { ortEngine, type OrtModule } from '../src/ort.js';

const folder = fileURLToPath(new URL('../../../../shared/networks/', import.meta.url));
const listed = join(folder, 'REFERENCE_OUTPUTS.json');
const here = existsSync(listed);

interface Outputs {
  /** Rows first, null where they are free. */
  readonly inputs: readonly { readonly shape: readonly (number | null)[] }[] | null;
  readonly outputs: readonly (readonly {
    readonly dims: readonly number[];
    readonly data: readonly number[];
  }[])[];
}
interface Nnet {
  readonly raw: readonly { readonly out: readonly number[] }[];
  readonly normalised: readonly { readonly out: readonly number[] }[];
}
const reference = here
  ? (JSON.parse(readFileSync(listed, 'utf8')) as {
      tfjs_and_keras: Record<string, Outputs>;
      nnet: Record<string, Nnet>;
    })
  : { tfjs_and_keras: {}, nnet: {} };

const engines: readonly [string, Engine][] = [
  ['reference', referenceEngine()],
  ['ONNX Runtime', ortEngine(createRequire(import.meta.url)('onnxruntime-node') as OrtModule)],
];

/** The inputs of the set: x[i] = fround(.5 + .5 sin(.7 i + 1.3 k)). */
const inputOf = (shape: readonly number[], k: number) =>
  float32Tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => 0.5 + 0.5 * Math.sin(0.7 * i + 1.3 * k)),
  );

/** Relative to the largest output: entries that cancel have no more digits than that. */
const RELATIVE = 1e-5;

async function expectOutputs(
  engine: Engine,
  network: Network,
  wanted: (k: number, output: number) => readonly number[],
  rows = 1,
): Promise<void> {
  await using kernel = await engine.load(network);
  const [input] = network.inputs;
  if (input === undefined) throw new Error('no input');
  for (const k of [0, 1, 2]) {
    const fetches = await kernel.run({ [input.name]: inputOf(shapeWithRows(input, rows), k) });
    network.outputs.forEach((output, j) => {
      const got = Array.from(fetches[output.name]?.data ?? [], Number);
      const want = wanted(k, j);
      const largest = Math.max(...want.map(Math.abs));
      expect(got.length).toBe(want.length);
      const worst = Math.max(...got.map((value, i) => Math.abs(value - (want[i] ?? NaN))));
      expect(worst / largest).toBeLessThan(RELATIVE);
    });
  }
}

const read = (file: string): Network => {
  const beside = dirname(join(folder, file));
  return readModel(readFileSync(join(folder, file)), {
    name: 'model',
    externalData: (path) => readFileSync(join(beside, path)),
  }).network;
};

/** The same network in two formats. */
const pairs: readonly (readonly [string, string])[] = [
  ['keras/marabou_cnn_max_mnist2.h5', 'marabou/onnx/cnn_max_mninst2.onnx'],
  ['keras/marabou_robust_mnist_sigmoid_linear.h5', 'marabou/onnx/robust_model_sigmoid_linear.onnx'],
  ...['1_1', '1_3', '2_2', '3_1'].map(
    (net) =>
      [
        `nnet/acasxu/ACASXU_experimental_v2a_${net}.nnet`,
        `vnncomp/acasxu/onnx/ACASXU_run2a_${net}_batch_2000.onnx`,
      ] as const,
  ),
];
const twins = pairs.filter(([a, b]) => existsSync(join(folder, a)) && existsSync(join(folder, b)));

test.skipIf(!here)('twins in Keras, .nnet and ONNX agree', async () => {
  expect(twins.length).toBeGreaterThanOrEqual(5);
  const engine = referenceEngine();
  for (const [file, onnx] of twins) {
    const bytes = readFileSync(join(folder, file));
    const ours = file.endsWith('.nnet')
      ? readNnet(bytes, { name: 'twin', normalization: 'none' }).network
      : read(file);
    await using kernel = await engine.load(read(onnx));
    const [input] = kernel.network.inputs;
    const [output] = kernel.network.outputs;
    if (input === undefined || output === undefined) throw new Error('no input or output');
    const answers: (readonly number[])[] = [];
    for (const k of [0, 1, 2]) {
      const x = inputOf(shapeWithRows(input, 1), k);
      const fetches = await kernel.run({ [input.name]: x });
      answers.push(Array.from(fetches[output.name]?.data ?? [], Number));
    }
    await expectOutputs(engine, ours, (k) => answers[k] ?? []);
  }
});

describe.each(engines)('on %s', (_, engine) => {
  test.skipIf(!here)(
    'TensorFlow.js and Keras files give the outputs of TensorFlow.js',
    async () => {
      const files = Object.entries(reference.tfjs_and_keras);
      expect(files.length).toBeGreaterThanOrEqual(10);
      for (const [file, { inputs, outputs }] of files) {
        const rows = Math.max(inputs?.[0]?.shape[0] ?? 1, 1);
        await expectOutputs(engine, read(file), (k, j) => outputs[k]?.[j]?.data ?? [], rows);
      }
    },
  );

  test.skipIf(!here)('.nnet files give the outputs of NumPy, normalized and not', async () => {
    const files = Object.entries(reference.nnet);
    expect(files.length).toBeGreaterThanOrEqual(64);
    for (const [file, { raw, normalised }] of files) {
      const bytes = readFileSync(join(folder, file));
      const bare = readNnet(bytes, { name: 'model', normalization: 'none' }).network;
      await expectOutputs(engine, bare, (k) => raw[k]?.out ?? []);
      await expectOutputs(engine, read(file), (k) => normalised[k]?.out ?? []);
    }
  });
});
