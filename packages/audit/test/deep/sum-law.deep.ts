import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  boolTensor,
  fillUniform,
  float64Tensor,
  FloatpathError,
  int64Tensor,
  numbersOf,
  shapeWithRows,
  sizeOf,
  type Engine,
  type Feeds,
  type Network,
  type Tensor,
} from '@floatpath/core';
import { rowGatesOf } from '@floatpath/activation-patterns';
import {
  createGraphBuilder,
  isBatched,
  referenceEngine,
  selectionDtype,
  withOutputs,
  type Gate,
} from '@floatpath/engine';
import { finalSoftmax, readOnnx } from '@floatpath/model-io';
import {
  createSumTolerance,
  floatInput,
  givenPartition,
  selectionInput,
  splitWithChannels,
  type unitRoundoff,
  type Split,
} from '@floatpath/path-decomp';
import { expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import { engine as onRuntime } from '../tiny.js';
import { piecewiseLinearFiles } from './proof-networks.js';

const networks = new URL('../../../../../shared/networks/', import.meta.url);
const missing = !existsSync(networks);
const SEED = 7;
const PARTITIONS = 4;

function uniform(size: number, draw: number): Float64Array {
  const values = new Float64Array(size);
  fillUniform(values, { seed: SEED, purpose: 'calibration', image: 0, draw });
  return values;
}

/** Uniform inputs in [0, 1], as float32 numbers so that both engines see the same ones. */
function randomInputs(network: Network, rows: number, draw = 10): Feeds {
  return Object.fromEntries(
    network.inputs.map((input, k): [string, Tensor] => {
      const shape = shapeWithRows(input, rows);
      return [input.name, float64Tensor(shape, uniform(sizeOf(shape), draw + k).map(Math.fround))];
    }),
  );
}

/** One row per partition, or one partition at a time where rows cannot run together. */
function partitionFeeds(
  gates: readonly Gate[],
  rows: number,
  partition: number,
  selections: Feeds | undefined,
): Feeds {
  const feeds: Record<string, Tensor> = {};
  gates.forEach((gate, k) => {
    const shape = gate.outputShape.map((extent) => (extent === 'batch' ? rows : extent));
    const coins = uniform(sizeOf(shape), 1000 * (partition + 1) + k);
    feeds[floatInput(gate)] = boolTensor(
      shape,
      Array.from(coins, (u) => (u < 0.5 ? 1 : 0)),
    );
    const recorded = selections?.[selectionInput(gate)];
    if (recorded === undefined) return;
    feeds[selectionInput(gate)] =
      selectionDtype(gate) === 'int64'
        ? int64Tensor(shape, Array.from(numbersOf(recorded)))
        : boolTensor(shape, numbersOf(recorded));
  });
  return feeds;
}

/** The selections of all gates at the inputs, in float64. */
async function recordSelections(split: Split, gates: readonly Gate[], x: Feeds): Promise<Feeds> {
  const graph = createGraphBuilder(split.base);
  const names = gates.map((gate) => gate.op.select(graph, gate));
  if (names.length === 0) return {};
  await using kernel = await referenceEngine().load(
    withOutputs(graph.build('selections', []), names),
  );
  const fetches = await kernel.run(x);
  return Object.fromEntries(
    gates.map((gate, k) => [selectionInput(gate), fetches[names[k] as string] as Tensor]),
  );
}

interface Checked {
  /** Largest residual as a share of its tolerance. */
  readonly worst: number;
  /** Largest |float| and |fixed| met: a law about two zeros would show nothing. */
  readonly float: number;
  readonly fixed: number;
}

async function check(
  engine: Engine,
  precision: keyof typeof unitRoundoff,
  network: Network,
  selection: 'own' | 'recorded',
  recordedAt?: number,
): Promise<Checked> {
  const split = splitWithChannels(network, {
    partition: givenPartition(),
    selection,
    form: 'two-recurrences',
  });
  const rows = isBatched(network) ? PARTITIONS : 1;
  const x = randomInputs(network, rows);
  const gates = rowGatesOf(split.base);
  const selections =
    selection === 'recorded'
      ? await recordSelections(split, gates, randomInputs(network, rows, recordedAt))
      : undefined;
  await using tolerance = await createSumTolerance(split, precision);
  await using kernel = await engine.load(split.network);
  let [worst, float, fixed] = [0, 0, 0];
  for (let partition = 0; partition < PARTITIONS / rows; partition += 1) {
    const feeds = { ...x, ...partitionFeeds(gates, rows, partition, selections) };
    const limits = await tolerance.of(feeds);
    const fetches = await kernel.run(feeds);
    const [n = [], a = [], b = []] = ['logits', 'fixed', 'float'].map((name) =>
      Array.from(numbersOf(fetches[name] as Tensor)),
    );
    n.forEach((value, i) => {
      const [f, g] = [a[i] as number, b[i] as number];
      const limit = limits[Math.floor((i * limits.length) / n.length)] as number;
      const residual = Math.abs(f + g - value);
      worst = Math.max(worst, residual === 0 ? 0 : residual / limit);
      if (!Number.isFinite(residual)) worst = Infinity;
      float = Math.max(float, Math.abs(g));
      fixed = Math.max(fixed, Math.abs(f));
    });
  }
  return { worst, float, fixed };
}

interface Row {
  readonly file: string;
  readonly output?: string;
  readonly units?: number;
  readonly float64?: { readonly own: number; readonly recorded: number };
  readonly float32?: { readonly own: number; readonly recorded: number };
  readonly bothParts?: boolean;
  readonly unread?: string;
}

async function control(file: string): Promise<number> {
  const bytes = new Uint8Array(readFileSync(new URL(file, networks)));
  return (await check(onRuntime as Engine, 'float32', readOnnx(bytes), 'recorded', 500)).worst;
}

async function rowsOf(file: string): Promise<Row[]> {
  const bytes = readFileSync(new URL(file, networks));
  let network: Network;
  try {
    network = readOnnx(new Uint8Array(file.endsWith('.gz') ? gunzipSync(bytes) : bytes));
  } catch (error) {
    if (!(error instanceof FloatpathError)) throw error;
    return [{ file, unread: error.message }];
  }
  network = finalSoftmax(network)?.network ?? network;
  const rows: Row[] = [];
  for (const { name } of network.outputs) {
    const one = withOutputs(network, [name]);
    try {
      const [own64, kept64, own32, kept32] = [
        await check(referenceEngine(), 'float64', one, 'own'),
        await check(referenceEngine(), 'float64', one, 'recorded'),
        await check(onRuntime as Engine, 'float32', one, 'own'),
        await check(onRuntime as Engine, 'float32', one, 'recorded'),
      ];
      rows.push({
        file,
        output: name,
        units: rowGatesOf(one).reduce((sum, gate) => sum + gate.units, 0),
        float64: { own: own64.worst, recorded: kept64.worst },
        float32: { own: own32.worst, recorded: kept32.worst },
        bothParts: own64.float > 0 && own64.fixed > 0,
      });
    } catch (error) {
      if (!(error instanceof FloatpathError)) throw error;
      rows.push({ file, output: name, unread: error.message });
    }
  }
  return rows;
}

test.skipIf(missing)(
  'the piecewise-linear Marabou, VNN-COMP and ERAN networks keep the sum law (skipped without ../shared)',
  async () => {
    const files = piecewiseLinearFiles();
    expect(files.length).toBe(88);
    const rows: Row[] = [];
    for (const file of files) rows.push(...(await rowsOf(file)));
    const checked = rows.filter(({ unread }) => unread === undefined);
    const worst = (of: 'float32' | 'float64'): number =>
      Math.max(...checked.flatMap((row) => Object.values(row[of] ?? {})));
    writeEvidence('sum-law', {
      claim:
        'fixed + float = N(x) within 16 L u s on random partitions of every piecewise-linear Marabou, VNN-COMP and ERAN network that can be read; residuals are shares of that tolerance',
      command: 'npm run test:deep -- sum-law',
      seed: SEED,
      numbers: {
        networks: files.length,
        partitions: PARTITIONS,
        checked: new Set(checked.map(({ file }) => file)).size,
        worst: { float32: worst('float32'), float64: worst('float64') },
        unread: rows.filter(({ unread }) => unread !== undefined),
        rows: checked,
      },
    });
    for (const row of checked) {
      for (const share of [
        ...Object.values(row.float64 ?? {}),
        ...Object.values(row.float32 ?? {}),
      ])
        expect(share, row.file).toBeLessThanOrEqual(1);
    }
    // With gates, random partitions leave something in both parts.
    const withGates = checked.filter(({ units }) => (units ?? 0) > 20);
    expect(withGates.filter(({ bothParts }) => bothParts).length).toBeGreaterThan(
      0.9 * withGates.length,
    );
    expect(rows.filter(({ unread }) => unread !== undefined)).toEqual([]);
  },
);

test.skipIf(missing)('control: selections recorded at another input break the law', async () => {
  const files = [
    'marabou/onnx/cnn_max_mninst2.onnx',
    'vnncomp/cifar10_resnet/onnx/resnet_2b.onnx',
    'vnncomp/acasxu/onnx/ACASXU_run2a_1_1_batch_2000.onnx',
  ];
  for (const file of files) expect(await control(file), file).toBeGreaterThan(1);
});
