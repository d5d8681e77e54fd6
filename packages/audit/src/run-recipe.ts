import {
  boolTensor,
  float32Tensor,
  float64Tensor,
  FloatpathError,
  int64Tensor,
  type DeclaredValue,
  type Feeds,
  type Fetches,
  type Model,
  type Tensor,
} from '@floatpath/core';
import { readOpaque } from '@floatpath/model-io';
import type { NpyArray } from '@floatpath/model-io/datasets';
import { loadFile, type FileRuntime } from './file-classifier.js';

/** The inputs as the file that runs declares them. */
const declaredInputs = (model: Model): readonly DeclaredValue[] =>
  model.kind === 'graph' && model.format !== 'onnx'
    ? model.network.inputs
    : readOpaque(model.bytes, model).inputs;

function tensorOf({ name, dtype }: DeclaredValue, array: NpyArray): Tensor {
  const { shape, data } = array;
  const numbers = (): Float64Array => Float64Array.from(data as ArrayLike<number | bigint>, Number);
  switch (dtype) {
    case 'float32':
      return array.dtype === 'float32' ? array : float32Tensor(shape, numbers());
    case 'float64':
      return float64Tensor(shape, numbers());
    case 'int64':
      if (array.dtype.startsWith('float')) break;
      return int64Tensor(shape, Array.from(data as ArrayLike<number | bigint>));
    case 'bool':
      return boolTensor(shape, numbers().map(Number));
    default:
      throw new FloatpathError(
        'unsupported-op',
        `run: expected inputs of type float32, float64, int64 or bool, got a model whose input "${name}" is ${dtype}; convert its input`,
      );
  }
  throw new FloatpathError(
    'invalid-data',
    `run: expected integers for input "${name}", got ${array.dtype}`,
  );
}

/** The array with the batch axis that the model declares, where one row was given without. */
function shaped(input: DeclaredValue, tensor: Tensor): Tensor {
  const wanted = input.shape;
  if (wanted === undefined) return tensor;
  const fits = (shape: readonly number[]): boolean =>
    shape.length === wanted.length &&
    wanted.every((extent, i) => i === 0 || typeof extent !== 'number' || extent === shape[i]);
  const one = { ...tensor, shape: [1, ...tensor.shape] } as Tensor;
  if (fits(tensor.shape)) return tensor;
  if (fits(one.shape)) return one;
  throw new FloatpathError(
    'shape-mismatch',
    `run: expected input "${input.name}" of shape [${wanted.join(', ')}], got [${tensor.shape.join(', ')}]`,
  );
}

/** Rows from `from` to `to` of a tensor. */
function slice(tensor: Tensor, from: number, to: number): Tensor {
  const [rows = 1, ...rest] = tensor.shape;
  const stride = tensor.data.length / Math.max(rows, 1);
  const data = tensor.data.slice(from * stride, to * stride);
  return { ...tensor, shape: [to - from, ...rest], data } as Tensor;
}

function joined(parts: readonly Tensor[]): Tensor {
  const [first] = parts as [Tensor];
  const rows = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 1), 0);
  const size = parts.reduce((sum, { data }) => sum + data.length, 0);
  const data = new (first.data.constructor as new (size: number) => Float32Array)(size);
  parts.reduce((at, part) => (data.set(part.data as Float32Array, at), at + part.data.length), 0);
  return { ...first, shape: [rows, ...first.shape.slice(1)], data } as Tensor;
}

/** Rows per run where a file fixes them; `undefined` where all go together. */
function rowsPerRun(inputs: readonly DeclaredValue[], feeds: Feeds): number | undefined {
  const [first] = inputs;
  const fixed = first?.shape?.[0];
  const given = feeds[first?.name ?? '']?.shape[0] ?? 1;
  return typeof fixed === 'number' && (first?.shape?.length ?? 0) > 1 && given > fixed
    ? fixed
    : undefined;
}

/**
 * Runs a model on arrays: an ONNX file and a model whose ops are not read on their own bytes, another format by its network. Numbers are converted to the declared types;
 * a file that fixes its number of rows runs as often as needed, and its outputs are joined along the first axis.
 *
 * @param arrays - by input name; a single one under any name serves a model of one input
 * @returns by output name
 * @throws {FloatpathError} `invalid-data` for missing arrays and fractions where integers belong, `shape-mismatch`, `unsupported-op` for inputs
 * of other types, `engine-failed`
 */
export async function runModel(
  runtime: FileRuntime,
  model: Model,
  arrays: ReadonlyMap<string, NpyArray>,
): Promise<Fetches> {
  const inputs = declaredInputs(model);
  const feeds: Record<string, Tensor> = {};
  for (const input of inputs) {
    const array =
      arrays.get(input.name) ??
      (inputs.length === 1 && arrays.size === 1 ? [...arrays.values()][0] : undefined);
    if (array === undefined) {
      throw new FloatpathError(
        'invalid-data',
        `run: expected an array for every input (${inputs.map(({ name }) => `"${name}"`).join(', ')}), got ${[...arrays.keys()].map((name) => `"${name}"`).join(', ') || 'none'}`,
      );
    }
    feeds[input.name] = shaped(input, tensorOf(input, array));
  }
  await using runner =
    model.kind === 'graph' && model.format !== 'onnx'
      ? await runtime.load(model.network)
      : (await loadFile(runtime, model)).file;
  const rows = rowsPerRun(inputs, feeds);
  if (rows === undefined) return await runner.run(feeds);
  const total = feeds[inputs[0]?.name ?? '']?.shape[0] ?? 0;
  if (total % rows !== 0) {
    throw new FloatpathError(
      'shape-mismatch',
      `run: expected a multiple of the ${rows} rows that the file fixes, got ${total}; floatpath convert --repair-batch frees them`,
    );
  }
  const parts: Fetches[] = [];
  for (let from = 0; from < total; from += rows) {
    parts.push(
      await runner.run(
        Object.fromEntries(
          Object.entries(feeds).map(([name, tensor]) => [name, slice(tensor, from, from + rows)]),
        ),
      ),
    );
  }
  const [first = {}] = parts;
  return Object.fromEntries(
    Object.keys(first).map((name) => [name, joined(parts.map((part) => part[name] as Tensor))]),
  );
}
