import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  FloatpathError,
  float64Tensor,
  int64Tensor,
  numbersOf,
  sizeOf,
  type DeclaredValue,
  type Engine,
  type Fetches,
  type GraphModel,
  type Model,
  type Tensor,
} from '@floatpath/core';
import {
  constantSlots,
  constantTensors64,
  dataValues,
  evaluateMagnitude,
  foldConstants,
  opOf,
  referenceEngine,
  requirePiecewiseLinear,
  withOutputs,
} from '@floatpath/engine';
import { tfjsEngine, type TfjsModule } from '@floatpath/engine/tfjs';
import { finalSoftmax, readModel, readOpaque } from '@floatpath/model-io';
import { describe, expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import { inspectModel } from '../../src/index.js';
import { engine } from '../tiny.js';

const root = new URL('../../../../../shared/networks/', import.meta.url);
const missing = !existsSync(root);

interface Expected {
  readonly outputs?: readonly Readonly<Record<string, { readonly data: readonly number[] }>>[];
}
interface ManifestFile {
  readonly file: string;
  readonly onnx?: { readonly pwl: boolean };
}

const json = <T>(path: string): T => JSON.parse(readFileSync(new URL(path, root), 'utf8')) as T;

function bytesOf(path: string): Uint8Array {
  const bytes = readFileSync(new URL(path, root));
  return new Uint8Array(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);
}

/** The input formula of the set; free extents are 1. */
function inputOf({ shape, dtype }: DeclaredValue, k: number): Tensor {
  const extents = (shape ?? []).map((extent) => (typeof extent === 'number' ? extent : 1));
  const size = sizeOf(extents);
  if (dtype === 'int64')
    return int64Tensor(
      extents,
      Array.from({ length: size }, (_, i) => (7 * i + k) % 5),
    );
  const data = Float32Array.from(
    { length: size },
    (_, i) => 0.5 + 0.5 * Math.sin(0.7 * i + 1.3 * k),
  );
  return { dtype: 'float32', shape: extents, data };
}

const RELATIVE = 1e-5;

type Outputs = NonNullable<Expected['outputs']>[number];

const scaleOf = ({ data }: Outputs[string]): number =>
  data.reduce((largest, v) => Math.max(largest, Math.abs(v)), 1e-30);

/** The largest difference over the outputs, relative to the largest output of each. */
function differenceOf(fetches: Fetches, wanted: Outputs): number {
  return Object.entries(wanted).reduce((most, [name, output]) => {
    const got = numbersOf(fetches[name] as Tensor);
    expect(got.length).toBe(output.data.length);
    const scale = scaleOf(output);
    return output.data.reduce(
      (worst, v, i) => Math.max(worst, Math.abs(v - (got[i] as number)) / scale),
      most,
    );
  }, 0);
}

const absolute = (tensor: Tensor): Tensor =>
  float64Tensor(tensor.shape, numbersOf(tensor).map(Math.abs));

/**
 * How far float32 outputs may be from the exact ones: 16 L u s, with L affine nodes on the longest path (here all of them),
 * u = 2^-24 and s the largest sum of magnitudes |W||h| + |b| that any of them adds up. An output that cancels has fewer digits.
 */
async function roundoffOf(
  { network }: GraphModel,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<number> {
  const folded = foldConstants(network);
  const data = dataValues(folded);
  const constants = constantTensors64(folded.constants);
  const affine = folded.nodes.filter((node) => opOf(node.op)?.role === 'affine');
  const read = new Set(affine.flatMap(({ inputs }) => inputs.filter((name) => data.has(name))));
  await using kernel = await referenceEngine().load(withOutputs(folded, [...read]));
  const values = await kernel.run(feeds);
  let largest = 0;
  for (const node of affine) {
    const isConstant = constantSlots(node, data);
    const operands = node.inputs.map((name, slot) => {
      if (name === '') return undefined;
      return isConstant(slot) ? constants.get(name) : absolute(values[name] as Tensor);
    });
    for (const sums of evaluateMagnitude(node, operands))
      largest = numbersOf(sums).reduce((most, v) => Math.max(most, v), largest);
  }
  return 16 * affine.length * 2 ** -24 * largest;
}

/** Where an engine misses 1e-5 of the outputs: by how much, and what float32 sums of this size can lose. */
interface Beyond {
  readonly file: string;
  readonly engine: string;
  readonly relative: number;
  readonly allowedByRoundoff: number;
}

async function beyondRelative(
  on: Engine,
  file: string,
  model: GraphModel,
  wanted: Expected,
): Promise<Beyond[]> {
  const { inputs } = readOpaque(model.bytes, model);
  await using kernel = await on.load(model.network);
  const found: Beyond[] = [];
  for (const [k, outputs] of (wanted.outputs ?? []).entries()) {
    const feeds = feedsOf(inputs, k);
    const relative = differenceOf(await kernel.run(feeds), outputs);
    if (relative < RELATIVE) continue;
    const scale = Math.max(...Object.values(outputs).map(scaleOf));
    const allowedByRoundoff = (await roundoffOf(model, feeds)) / scale;
    found.push({ file, engine: on.name, relative, allowedByRoundoff });
  }
  return found;
}

/** TensorFlow.js on its WebAssembly backend. */
async function onTensorFlow(): Promise<Engine> {
  const require = createRequire(new URL('../../../engine/package.json', import.meta.url));
  const core = '@tensorflow/tfjs-core';
  const tf = require(core) as TfjsModule & {
    setBackend(name: string): Promise<boolean>;
  };
  const backend = '@tensorflow/tfjs-backend-wasm';
  const wasm = require(backend) as { setWasmPaths(folder: string): void };
  wasm.setWasmPaths(join(dirname(require.resolve(`${backend}/package.json`)), 'dist', '/'));
  if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly backend did not start');
  return tfjsEngine(tf, 'tfjs wasm');
}

const feedsOf = (inputs: readonly DeclaredValue[], k: number): Record<string, Tensor> =>
  Object.fromEntries(inputs.map((input) => [input.name, inputOf(input, k)]));

async function onEngine(
  on: Engine,
  model: Model & { kind: 'graph' },
  wanted: Expected,
): Promise<number> {
  // The file's own extents: some files fix several rows.
  const { inputs } = readOpaque(model.bytes, model);
  await using kernel = await on.load(model.network);
  let worst = 0;
  for (const [k, outputs] of (wanted.outputs ?? []).entries())
    worst = Math.max(worst, differenceOf(await kernel.run(feedsOf(inputs, k)), outputs));
  return worst;
}

describe.skipIf(missing)('ONNX models of the third-party set', () => {
  const references = missing
    ? {}
    : json<{ onnxruntime: Record<string, Expected> }>('REFERENCE_OUTPUTS.json').onnxruntime;
  const manifest = missing ? [] : json<{ files: ManifestFile[] }>('MANIFEST.json').files;
  const piecewiseLinear = new Set(
    manifest.filter(({ onnx }) => onnx?.pwl === true).map(({ file }) => file),
  );
  const onReference: Record<string, number> = {};
  const onRuntime: Record<string, number> = {};
  const onTfjs: Record<string, number> = {};
  const beyond: Beyond[] = [];
  const refused: string[] = [];
  const unsupported: { file: string; runs: string; difference: number; refusal: string }[] = [];
  const bytesFor = (file: string): Uint8Array =>
    bytesOf(existsSync(new URL(file, root)) ? file : `${file}.gz`);

  test('every piecewise-linear network gives the published outputs on the reference, ONNX Runtime and TensorFlow.js', async () => {
    const reference = referenceEngine();
    const tensorFlow = await onTensorFlow();
    for (const [file, wanted] of Object.entries(references)) {
      if (file.startsWith('onnx-unsupported/')) continue;
      if (!piecewiseLinear.has(file) && !piecewiseLinear.has(`${file}.gz`)) continue;
      let model: GraphModel;
      try {
        model = readModel(bytesFor(file), { name: 'm' });
      } catch (error) {
        if (!(error instanceof FloatpathError) || error.code !== 'unsupported-op') throw error;
        refused.push(error.message);
        continue;
      }
      requirePiecewiseLinear(finalSoftmax(model.network)?.network ?? model.network);
      onReference[file] = await onEngine(reference, model, wanted);
      onRuntime[file] = await onEngine(engine, model, wanted);
      onTfjs[file] = await onEngine(tensorFlow, model, wanted);
      for (const [on, differences] of [
        [reference, onReference],
        [tensorFlow, onTfjs],
      ] as const)
        if ((differences[file] ?? Infinity) >= RELATIVE)
          beyond.push(...(await beyondRelative(on, file, model, wanted)));
      expect(onRuntime[file], `${file}, ONNX Runtime`).toBeLessThan(RELATIVE);
    }
    expect(Object.keys(onReference).length).toBeGreaterThan(80);
    // The published outputs are float32 sums, and where these cancel it is they that are inexact: NumPy in float64 gives what
    // our reference gives, and NumPy in float32 is as far away from them.
    expect(new Set(beyond.map(({ file }) => file)).size).toBeLessThan(4);
    for (const { file, engine: on, relative, allowedByRoundoff } of beyond)
      expect(relative, `${file}, ${on}`).toBeLessThan(Math.min(allowedByRoundoff, 10 * RELATIVE));
    // Weights that a small file only describes (ConstantOfShape of 400 MB) are refused, naming the node.
    expect(refused.every((message) => message.includes('ConstantOfShape'))).toBe(true);
    expect(refused.length).toBeLessThan(4);
  });

  test('what path analysis cannot take is refused by node, and runs', async () => {
    for (const [file, wanted] of Object.entries(references)) {
      if (!file.startsWith('onnx-unsupported/')) continue;
      const bytes = bytesFor(file);
      let model: Model;
      let refusal: string;
      try {
        model = readModel(bytes, { name: 'm' });
        refusal = (await inspectModel(model, { bounds: [0, 1], layout: 'nchw' })).refusal ?? '';
      } catch (error) {
        if (!(error instanceof FloatpathError) || error.code !== 'unsupported-op') throw error;
        refusal = error.message;
        model = readOpaque(bytes, { name: 'm' });
      }
      expect(refusal, file).toMatch(/node "[^"]+"/);
      let difference = 0;
      if (model.kind === 'graph') difference = await onEngine(engine, model, wanted);
      else {
        await using own = await engine.loadOnnx(bytes);
        for (const [k, outputs] of (wanted.outputs ?? []).entries())
          difference = Math.max(
            difference,
            differenceOf(await own.run(feedsOf(model.inputs, k)), outputs),
          );
      }
      expect(difference, file).toBeLessThan(RELATIVE);
      const runs = model.kind === 'graph' ? 'as our graph' : 'on its own bytes';
      unsupported.push({ file, runs, difference, refusal });
    }
    expect(unsupported.length).toBe(5);
  });

  test('planted fault: outputs off by 2e-5 are seen', async () => {
    const [file, wanted] = Object.entries(references).find(([path]) => path.includes('acasxu')) as [
      string,
      Expected,
    ];
    const moved: Expected = {
      outputs: (wanted.outputs ?? []).map((outputs) =>
        Object.fromEntries(
          Object.entries(outputs).map(([name, { data }]) => [
            name,
            { data: data.map((v) => v * 1.00002) },
          ]),
        ),
      ),
    };
    const model = readModel(bytesFor(file), { name: 'm' });
    expect(await onEngine(engine, model, moved)).toBeGreaterThan(RELATIVE);
  });

  test('evidence', () => {
    const largest = (differences: Readonly<Record<string, number>>): number =>
      Object.values(differences).reduce((most, v) => Math.max(most, v), 0);
    writeEvidence('models', {
      claim:
        "piecewise-linear ONNX networks that others made give ONNX Runtime's published outputs as our graph, on the float64 reference, ONNX Runtime and TensorFlow.js; what path analysis cannot take is refused by node and runs",
      command: 'npm run test:deep -- packages/audit/test/deep/models.deep.ts',
      seed: 0,
      numbers: {
        networks: Object.keys(onReference).length,
        relativeTolerance: RELATIVE,
        largestDifference: {
          reference: largest(onReference),
          onnxRuntime: largest(onRuntime),
          tensorflowJs: largest(onTfjs),
        },
        beyondRelativeTolerance: beyond,
        perNetwork: Object.keys(onReference).map((file) => ({
          file,
          reference: onReference[file],
          onnxRuntime: onRuntime[file],
          tensorflowJs: onTfjs[file],
        })),
        refused,
        unsupported,
      },
    });
  });
});
