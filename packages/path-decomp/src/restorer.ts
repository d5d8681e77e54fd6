import {
  boolTensor,
  FloatpathError,
  int64Tensor,
  numbersOf,
  requireArgument,
  sizeOf,
  type Engine,
  type Feeds,
  type Kernel,
  type RunOptions,
  type Tensor,
} from '@floatpath/core';
import { inputRow, type Analysis } from '@floatpath/activation-patterns';
import { referenceEngine, selectionDtype } from '@floatpath/engine';
import { selectionInput } from './partition.js';
import { restoreInput, restoreUnits } from './restore-network.js';

/** An input of which units may be restored. */
export interface RestoreRequest {
  readonly adversarial: Tensor;
  readonly label: number;
  /** Selections to restore: those at x. */
  readonly selections: Uint16Array;
}

/** Says for every set of units whether the label comes back when they are restored together. */
export type FlipTest = (
  sets: readonly (readonly number[])[],
  run?: RunOptions,
) => Promise<boolean[]>;

export interface Restorer extends AsyncDisposable {
  readonly analysis: Analysis;
  /** On the engine, in batches; where two logits are within 1e-4 of each other, relative to the largest, in float64. */
  onEngine(request: RestoreRequest): FlipTest;
  /** In float64 on the reference. */
  inFloat64(request: RestoreRequest): FlipTest;
}

/** Decisions of float32 engines that are nearer than this to a tie are not theirs to make. */
const TIE = 1e-4;

/** Loads the network with restored units twice: on an engine for speed, and in float64 to settle and re-check. */
export async function createRestorer(
  engine: Engine,
  analysis: Analysis,
  { batchSize }: { readonly batchSize: number },
): Promise<Restorer> {
  requireArgument(
    Number.isInteger(batchSize) && batchSize >= 1,
    `createRestorer: expected batchSize an integer of at least 1, got ${batchSize}`,
  );
  const network = restoreUnits(analysis.network);
  const fast = await engine.load(network);
  const exact = await referenceEngine().load(network);
  const rows = analysis.batched ? batchSize : 1;
  const gapsOf = gapsWith(analysis, rows);
  return {
    analysis,
    inFloat64: (request) => async (sets, run) =>
      (await gapsOf(exact, request, sets, run)).map(({ gap }) => gap > 0),
    onEngine: (request) => async (sets, run) => {
      const found = await gapsOf(fast, request, sets, run);
      const close = sets.filter(
        (_, i) => Math.abs(found[i]?.gap ?? 0) <= TIE * (found[i]?.size ?? 0),
      );
      const settled = close.length === 0 ? [] : await gapsOf(exact, request, close, run);
      const exactGap = new Map(close.map((set, i) => [set, settled[i]?.gap ?? 0]));
      return sets.map((set, i) => (exactGap.get(set) ?? found[i]?.gap ?? 0) > 0);
    },
    async [Symbol.asyncDispose]() {
      await fast[Symbol.asyncDispose]();
      await exact[Symbol.asyncDispose]();
    },
  };
}

/** How far the label is ahead: positive if an argmax that takes the lowest index says it. */
interface Gap {
  readonly gap: number;
  /** Largest |logit|. */
  readonly size: number;
}

function gapsWith(analysis: Analysis, rows: number) {
  return async (
    kernel: Kernel,
    { adversarial, label, selections }: RestoreRequest,
    sets: readonly (readonly number[])[],
    run: RunOptions = {},
  ): Promise<Gap[]> => {
    const x = inputRow(analysis, adversarial, 'restore').data;
    const { units } = analysis.layout;
    if (selections.length !== units) {
      throw new FloatpathError(
        'shape-mismatch',
        `restore: expected selections of ${units} units, got ${selections.length}; they belong to another network`,
      );
    }
    const recorded = selectionFeeds(analysis, selections);
    const gaps: Gap[] = [];
    for (let first = 0; first < sets.length; first += rows) {
      run.signal?.throwIfAborted();
      const batch = sets.slice(first, first + rows);
      const input = new Float64Array(batch.length * x.length);
      batch.forEach((_, row) => input.set(x, row * x.length));
      const shape = analysis.batched
        ? [batch.length, ...analysis.inputShape.slice(1)]
        : analysis.inputShape;
      const fetches = await kernel.run({
        ...recorded,
        ...maskFeeds(analysis, batch),
        [analysis.input]: { dtype: 'float64', shape, data: input },
      });
      const logits = numbersOf(Object.values(fetches)[0] as Tensor);
      const classes = logits.length / batch.length;
      batch.forEach((_, row) =>
        gaps.push(gapOf(logits.subarray(row * classes, (row + 1) * classes), label)),
      );
    }
    return gaps;
  };
}

function gapOf(logits: Float64Array, label: number): Gap {
  let rival = -Infinity;
  let tied = false;
  let size = 0;
  logits.forEach((value, j) => {
    size = Math.max(size, Math.abs(value));
    if (j === label) return;
    if (value > rival) rival = value;
    // A class of lower index wins a tie.
    if (j < label && value === logits[label]) tied = true;
  });
  const ahead = (logits[label] as number) - rival;
  return { gap: ahead === 0 && !tied ? Number.MIN_VALUE : ahead, size };
}

function selectionFeeds(analysis: Analysis, selections: Uint16Array): Feeds {
  return Object.fromEntries(
    analysis.gates.map((gate): [string, Tensor] => {
      const own = selections.subarray(gate.start, gate.start + gate.units);
      const shape = gate.outputShape.map((extent) => (extent === 'batch' ? 1 : extent));
      const tensor =
        selectionDtype(gate) === 'int64' ? int64Tensor(shape, own) : boolTensor(shape, own);
      return [selectionInput(gate), tensor];
    }),
  );
}

function maskFeeds(analysis: Analysis, sets: readonly (readonly number[])[]): Feeds {
  return Object.fromEntries(
    analysis.gates.map((gate): [string, Tensor] => {
      const { start, units } = gate;
      const shape = gate.outputShape.map((extent) => (extent === 'batch' ? sets.length : extent));
      const marks = new Uint8Array(sizeOf(shape));
      sets.forEach((set, row) => {
        for (const unit of set) {
          if (unit >= start && unit < start + units) marks[row * units + unit - start] = 1;
        }
      });
      return [restoreInput(gate.node.name), boolTensor(shape, marks)];
    }),
  );
}
