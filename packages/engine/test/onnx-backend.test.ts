import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { FloatpathError, numbersOf, type Feeds, type Network, type Tensor } from '@floatpath/core';
import { readOnnx } from '@floatpath/model-io';
import { expect, test } from 'vitest';
import { foldConstants, inferTypes, opOf, referenceEngine } from '../src/index.js';
import { readTensorProto, withInitializer } from './support/onnx-proto.js';

const root = new URL('../../../../shared/networks/onnx-conformance/', import.meta.url);
const suites = [
  'node',
  'node-v1.2.1',
  'node-v1.5.0',
  'pytorch-converted',
  'pytorch-operator',
  'simple',
];

/** ONNX's own file scales by the unrounded extent; ONNX Runtime and PyTorch, and so the reference, by the extent of the output. */
const disputed = 'node/test_resize_downsample_scales_linear_align_corners/';

interface Loaded {
  readonly network: Network;
  readonly feeds: Feeds;
  readonly expected: readonly Tensor[];
}

/** Reads a test; its inputs after the first become initializers where the reader wants constants. */
function load(folder: URL, set: string): Loaded | undefined {
  const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));
  const files = readdirSync(new URL(`${set}/`, folder)).sort();
  const named = (prefix: string): Uint8Array[] =>
    files.filter((name) => name.startsWith(prefix)).map((name) => bytesOf(`${set}/${name}`));
  const inputs = named('input');
  const expected = named('output').map((bytes) => readTensorProto(bytes)?.tensor);
  if (expected.some((tensor) => tensor === undefined)) return undefined;
  for (const constants of [[], inputs.slice(1)]) {
    try {
      const network = foldConstants(
        readOnnx(constants.reduce(withInitializer, bytesOf('model.onnx'))),
      );
      if (!network.nodes.every((node) => opOf(node.op))) return undefined;
      // Refuses uses of an op that the engine does not have, such as one or three spatial axes.
      inferTypes(network);
      const given = inputs.slice(0, network.inputs.length).map(readTensorProto);
      const feeds = Object.fromEntries(
        network.inputs.map((input, i) => [input.name, given[i]?.tensor as Tensor]),
      );
      return { network, feeds, expected: expected as Tensor[] };
    } catch (error) {
      if (!(error instanceof FloatpathError)) throw error;
    }
  }
  return undefined;
}

const present = existsSync(root);
const folders = present
  ? suites.flatMap((suite) =>
      readdirSync(new URL(`${suite}/`, root)).map((name) => `${suite}/${name}`),
    )
  : [];
const loaded = folders.flatMap((name) => {
  const folder = new URL(`${name}/`, root);
  const sets = readdirSync(folder).filter((entry) => entry.startsWith('test_data_set'));
  return sets.flatMap((set) => {
    const each = load(folder, set);
    return each === undefined ? [] : [{ name: `${name}/${set}`, ...each }];
  });
});

test.skipIf(!present)(
  'the reference gives the outputs of the ONNX backend tests (skipped without ../shared)',
  async () => {
    const wrong: string[] = [];
    for (const { name, network, feeds, expected } of loaded) {
      if (name.startsWith(disputed)) continue;
      await using kernel = await referenceEngine().load(network);
      const fetches = await kernel.run(feeds);
      network.outputs.forEach((output, k) => {
        const actual = numbersOf(fetches[output.name] as Tensor);
        const wanted = numbersOf(expected[k] as Tensor);
        // The files hold float32 results of NumPy or PyTorch: 1e-5 of the values, as in ONNX's own runner (rtol 1e-3).
        const fits =
          actual.length === wanted.length &&
          actual.every((v, i) => {
            const w = wanted[i] as number;
            return Object.is(v, w) || v === w || Math.abs(v - w) <= 1e-5 * (1 + Math.abs(w));
          });
        if (!fits) wrong.push(name);
      });
    }
    expect(wrong).toEqual([]);
    expect(loaded.length).toBeGreaterThan(120);
    const ops = new Set(loaded.flatMap(({ network }) => network.nodes.map((node) => node.op)));
    for (const op of [
      'AveragePool',
      'BatchNormalization',
      'Clip',
      'Concat',
      'Conv',
      'Gather',
      'Gemm',
      'MatMul',
      'Max',
      'MaxPool',
      'Pad',
      'PRelu',
      'ReduceMax',
      'Relu',
      'Resize',
      'Slice',
      'Split',
      'Transpose',
    ])
      expect(ops).toContain(op);
  },
);
