import { float32Tensor, type Float32Tensor } from '@floatpath/core';
import { asReader, malformedIn } from '../as-reader.js';
import { createLayerGraph, type LayerGraph, type Value } from '../channels-last/graph.js';
import { dense, unary, withConstant } from '../channels-last/elementwise.js';
import type { FileNetwork } from '../file-network.js';
import { networkOfDraft } from '../onnx/network-of-draft.js';
import { nnetLines, type NnetLine } from './tokens.js';

const malformed = malformedIn('readNnet');

export interface ReadNnetOptions {
  /** Name of the network. */
  readonly name: string;
  /**
   * `stated` (default): inputs are clipped to the stated range and normalized, outputs scaled back, as the authors' own program
   * evaluates the file. `none`: the weights alone, for inputs that are normalized already.
   */
  readonly normalization?: 'stated' | 'none';
}

interface NnetFile {
  readonly sizes: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Of the inputs, then of all outputs. */
  readonly means: readonly number[];
  readonly ranges: readonly number[];
  readonly layers: readonly { readonly kernel: Float32Tensor; readonly bias: Float32Tensor }[];
}

function parsed(text: string): NnetFile {
  const lines = nnetLines(text);
  let next = 0;
  const take = (what: string, least: number, most = least): NnetLine => {
    const line = lines[next];
    next += 1;
    if (line === undefined)
      throw malformed(
        `expected ${what} after line ${lines.at(-1)?.number ?? 0}, got the end of the file`,
      );
    if (line.values.length < least || line.values.length > most)
      throw malformed(
        `expected ${least} values (${what}) in line ${line.number}, got ${line.values.length}`,
      );
    return line;
  };
  const head = take('layers, inputs, outputs and the largest layer', 4);
  const [count = 0, inputs = 0, outputs = 0] = head.values;
  if (!Number.isInteger(count) || count < 1 || count > lines.length)
    throw malformed(`expected a number of layers in line ${head.number}, got ${count}`);
  const { values: sizes, number } = take('sizes of the layers', count + 1);
  const whole = sizes.every((size) => Number.isInteger(size) && size >= 1);
  if (!whole || sizes[0] !== inputs || sizes.at(-1) !== outputs)
    throw malformed(
      `expected sizes from ${inputs} to ${outputs} in line ${number}, got ${sizes.join(', ')}`,
    );
  // A flag that nothing reads any more.
  take('a flag', 0, Infinity);
  const low = take('lowest inputs', inputs).values;
  const high = take('highest inputs', inputs).values;
  const means = take('means of the inputs and of the outputs', inputs, inputs + 1).values;
  const rangeLine = take('ranges of the inputs and of the outputs', inputs, inputs + 1);
  if (rangeLine.values.some((range) => !(range > 0)))
    throw malformed(`expected ranges above 0 in line ${rangeLine.number}`);
  const layers = sizes.slice(1).map((size, layer) => {
    const from = sizes[layer] ?? 0;
    const rows = Array.from(
      { length: Math.min(size, lines.length) },
      (_, row) => take(`weights of unit ${row} of layer ${layer + 1}`, from).values,
    );
    const bias = Array.from(
      { length: Math.min(size, lines.length) },
      (_, row) => take(`bias of unit ${row} of layer ${layer + 1}`, 1).values[0] ?? 0,
    );
    if (rows.length < size)
      throw malformed(`expected ${size} rows of layer ${layer + 1}, got the end of the file`);
    const kernel = new Float32Array(from * size);
    rows.forEach((row, unit) => row.forEach((value, i) => (kernel[i * size + unit] = value)));
    return { kernel: float32Tensor([from, size], kernel), bias: float32Tensor([size], bias) };
  });
  const surplus = lines[next];
  if (surplus !== undefined)
    throw malformed(
      `expected the end of the file after its last layer, got more in line ${surplus.number}`,
    );
  return { sizes, low, high, means, ranges: rangeLine.values, layers };
}

const vector = (values: readonly number[]): Float32Tensor => float32Tensor([values.length], values);

function normalizedInput(graph: LayerGraph, x: Value, file: NnetFile): Value {
  const inputs = file.sizes[0] ?? 0;
  const means = file.means.slice(0, inputs);
  const ranges = file.ranges.slice(0, inputs);
  const low = withConstant(graph, 'clip', 'Max', x, vector(file.low));
  const clipped = withConstant(graph, 'clip', 'Min', low, vector(file.high));
  const shifted = means.every((mean) => mean === 0)
    ? clipped
    : withConstant(graph, 'normalize', 'Sub', clipped, vector(means));
  return ranges.every((range) => range === 1)
    ? shifted
    : withConstant(graph, 'normalize', 'Div', shifted, vector(ranges));
}

function scaledOutput(graph: LayerGraph, x: Value, file: NnetFile): Value {
  const inputs = file.sizes[0] ?? 0;
  const mean = file.means[inputs] ?? 0;
  const range = file.ranges[inputs] ?? 1;
  const scaled =
    range === 1 ? x : withConstant(graph, 'scale', 'Mul', x, float32Tensor([], [range]));
  return mean === 0
    ? scaled
    : withConstant(graph, 'scale', 'Add', scaled, float32Tensor([], [mean]));
}

/**
 * Reads a .nnet text file: a chain of dense layers with ReLU between them, the range of the inputs, and how inputs and outputs
 * are normalized.
 *
 * @throws {FloatpathError} `malformed-file` naming the line; `invalid-data` for weights beyond float32
 * @see Julian, NNet file format (github.com/sisl/NNet)
 */
export function readNnet(
  bytes: Uint8Array,
  { name, normalization = 'stated' }: ReadNnetOptions,
): FileNetwork {
  return asReader('readNnet', () => {
    const file = parsed(new TextDecoder().decode(bytes));
    const graph = createLayerGraph(['output']);
    const input = graph.input('input', [undefined, file.sizes[0]]);
    const stated = normalization === 'stated';
    const last = file.layers.length - 1;
    const made = file.layers.reduce(
      (x, { kernel, bias }, i) => {
        const at = `layer_${i + 1}`;
        const sum = dense(graph, at, x, kernel, bias);
        return i === last ? sum : unary(graph, at, 'Relu', sum);
      },
      stated ? normalizedInput(graph, input, file) : input,
    );
    const value = stated ? scaledOutput(graph, made, file) : made;
    const known = stated ? { inputRange: { low: file.low, high: file.high } } : {};
    return {
      network: networkOfDraft(graph.draft(name, [{ name: 'output', value }]), name),
      ...known,
      notes: [
        stated
          ? 'inputs are clipped to the range that the file states and normalized, outputs scaled back, all inside the network'
          : 'the weights alone: the range and the normalization that the file states are left out',
      ],
    };
  });
}
