import {
  fillUniform,
  float32Tensor,
  FloatpathError,
  int64Tensor,
  numbersOf,
  sizeOf,
  type Feeds,
  type Fetches,
  type GraphModel,
  type Network,
  type Tensor,
  type ValueInfo,
} from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import type { OrtEngine } from '@floatpath/engine/ort';
import { batchRefusal, onnxFacts, readOpaque, writeOnnx } from '@floatpath/model-io';

/** A model as an ONNX file in canonical form. */
export interface Conversion {
  readonly bytes: Uint8Array;
  /** What differs from the file that was read, a sentence each. */
  readonly changes: readonly string[];
  /** What the outputs were compared with. */
  readonly comparedWith: string;
  /** The largest difference of two outputs, relative to the largest output. */
  readonly difference: number;
}

/** Inputs that both models are run on. */
const PROBES = 5;
const TOLERANCE = 1e-5;

/** A network for `rows` rows at a time instead of any number. */
function withRows(network: Network, rows: number): Network {
  const fix = (value: ValueInfo): ValueInfo => ({
    ...value,
    shape: value.shape.map((extent) => (extent === 'batch' ? rows : extent)),
  });
  return { ...network, inputs: network.inputs.map(fix), outputs: network.outputs.map(fix) };
}

/** The extent of the first axis that an ONNX file fixes for all its inputs. */
function fixedRows(model: GraphModel): number | undefined {
  if (model.format !== 'onnx') return undefined;
  const extents = readOpaque(model.bytes, model).inputs.map(({ shape }) =>
    (shape?.length ?? 0) > 1 ? shape?.[0] : undefined,
  );
  const [first] = extents;
  return typeof first === 'number' && extents.every((extent) => extent === first)
    ? first
    : undefined;
}

function probe(input: ValueInfo, number: number, lane: number, rows: number): Tensor {
  const shape = input.shape.map((extent) => (extent === 'batch' ? rows : extent));
  const values = new Float64Array(sizeOf(shape));
  fillUniform(values, { seed: 0, purpose: 'calibration', image: number, draw: 0, lane });
  if (input.dtype === 'int64') return int64Tensor(shape, new Array<number>(values.length).fill(1));
  if (input.dtype === 'bool') return { dtype: 'bool', shape, data: new Uint8Array(values.length) };
  return float32Tensor(
    shape,
    values.map((u) => 2 * u - 1),
  );
}

interface Runner extends AsyncDisposable {
  run(feeds: Feeds): Promise<Fetches>;
}

/** The file in its own runtime, or its graph in the float64 reference where ONNX Runtime does not take the file. */
async function original(
  runtime: OrtEngine,
  model: GraphModel,
): Promise<{ readonly name: string; readonly runner: Runner }> {
  if (model.format === 'onnx') {
    try {
      return {
        name: `the file itself in ${runtime.name}`,
        runner: await runtime.loadOnnx(model.bytes),
      };
    } catch (error) {
      if (!(error instanceof FloatpathError)) throw error;
    }
  }
  return {
    name: 'the float64 reference on the graph that was read',
    runner: await referenceEngine().load(model.network),
  };
}

const countsOf = (nodes: Network['nodes']): ReadonlyMap<string, number> =>
  nodes.reduce(
    (counts, { op }) => counts.set(op, (counts.get(op) ?? 0) + 1),
    new Map<string, number>(),
  );

function opChanges(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((op) => {
    const [from, to] = [before.get(op) ?? 0, after.get(op) ?? 0];
    return from === to ? [] : [`${op}: ${from} before, ${to} now`];
  });
}

const shapeText = ({ shape }: { readonly shape?: readonly unknown[] }): string =>
  `[${shape?.join(', ') ?? ''}]`;

function changesOf(model: GraphModel, network: Network): string[] {
  if (model.format !== 'onnx') return [`format: ${model.format} before, ONNX now`];
  const { opset, ops, narrow } = onnxFacts(model.bytes);
  const { inputs } = readOpaque(model.bytes, model);
  return [
    ...(opset === 18 ? [] : [`operator set: ${opset} before, 18 now`]),
    ...network.inputs.flatMap((input) => {
      const before = inputs.find(({ name }) => name === input.name);
      return before === undefined || shapeText(before) === shapeText(input)
        ? []
        : [`input ${input.name}: ${shapeText(before)} before, ${shapeText(input)} now`];
    }),
    ...[...narrow].map(([type, count]) => `${count} weights in ${type} before, float32 now`),
    ...opChanges(ops, countsOf(network.nodes)),
  ];
}

/**
 * A model of any format as an ONNX file: opset 18, canonical ops and names. The rows that an ONNX file fixes stay fixed unless
 * `repairBatch` frees them. The written bytes are run in ONNX Runtime, a freed batch with several rows at once.
 *
 * @throws {FloatpathError} `unsupported-op` where the batch cannot be freed, naming the node that mixes rows; `artefact-mismatch` where
 * outputs differ by more than 1e-5 of the largest
 */
export async function convertModel(
  runtime: OrtEngine,
  model: GraphModel,
  { repairBatch }: { readonly repairBatch: boolean },
): Promise<Conversion> {
  const rows = fixedRows(model);
  const free = model.network.inputs.some(({ shape }) => shape[0] === 'batch');
  if (repairBatch && !free) {
    const reason = model.format === 'onnx' ? batchRefusal(model.bytes) : undefined;
    throw new FloatpathError(
      'unsupported-op',
      `convert: expected a model whose every op lets rows pass on their own, got one that does not: ${reason ?? 'its inputs have no batch axis'}`,
    );
  }
  const network = rows === undefined || repairBatch ? model.network : withRows(model.network, rows);
  const bytes = writeOnnx(network);
  const together = network.inputs.some(({ shape }) => shape[0] === 'batch') ? PROBES : 1;

  const { name, runner } = await original(runtime, model);
  await using before = runner;
  await using written = await runtime.loadOnnx(bytes);
  let difference = 0;
  for (let first = 0; first < PROBES; first += together) {
    const one = (number: number): Record<string, Tensor> =>
      Object.fromEntries(
        network.inputs.map((input, lane) => [input.name, probe(input, number, lane, rows ?? 1)]),
      );
    const feeds = Array.from({ length: together }, (_, i) => one(first + i));
    const theirs: Fetches[] = [];
    for (const feed of feeds) theirs.push(await before.run(feed));
    const ours = await written.run(together === 1 ? (feeds[0] as Feeds) : joinedRows(feeds));
    difference = Math.max(difference, largestDifference(network, theirs, ours));
  }
  if (!(difference <= TOLERANCE)) {
    throw new FloatpathError(
      'artefact-mismatch',
      `convert: expected outputs within ${TOLERANCE} of the largest, got a difference of ${difference} from ${name}; nothing is written, please report this model`,
    );
  }
  return { bytes, changes: changesOf(model, network), comparedWith: name, difference };
}

/** The rows of several feeds one after the other. */
function joinedRows(feeds: readonly Readonly<Record<string, Tensor>>[]): Feeds {
  const [first = {}] = feeds;
  return Object.fromEntries(
    Object.entries(first).map(([name, { shape, dtype }]) => {
      const parts = feeds.map((feed) => feed[name] as Tensor);
      const all = [(shape[0] ?? 1) * feeds.length, ...shape.slice(1)];
      if (dtype === 'int64')
        return [
          name,
          int64Tensor(
            all,
            parts.flatMap(({ data }) => [...(data as BigInt64Array)]),
          ),
        ];
      const values = parts.flatMap((part) => [...numbersOf(part)]);
      return dtype === 'bool'
        ? [name, { dtype, shape: all, data: Uint8Array.from(values) }]
        : [name, float32Tensor(all, values)];
    }),
  );
}

function largestDifference(network: Network, theirs: readonly Fetches[], ours: Fetches): number {
  return network.outputs.reduce((most, { name }) => {
    const expected = theirs.flatMap((fetches) => [...numbersOf(fetches[name] as Tensor)]);
    const got = numbersOf(ours[name] as Tensor);
    if (got.length !== expected.length) return Infinity;
    const scale = expected.reduce((largest, v) => Math.max(largest, Math.abs(v)), 1e-3);
    return expected.reduce((worst, v, i) => {
      const gap = Object.is(v, got[i]) ? 0 : Math.abs(v - (got[i] as number)) / scale;
      return Number.isNaN(gap) ? Infinity : Math.max(worst, gap);
    }, most);
  }, 0);
}
