import {
  float32Tensor,
  numbersOf,
  shapeWithRows,
  sizeOf,
  type Engine,
  type Feeds,
  type Kernel,
  type Tensor,
  type ValueInfo,
} from '@floatpath/core';
import type { Analysis } from '@floatpath/activation-patterns';
import { differentiate, TARGET, valueInfo, withOutputs } from '@floatpath/engine';
import { givenPartition, splitWithChannels } from '@floatpath/path-decomp';
import { cutNetwork } from './cut-network.js';

/** The weights of fixed paths that start at one value: what they carry to `to` from a change there. */
export interface Weights {
  readonly from: number | 'input';
  readonly to: number | 'margin';
  /**
   * @param cotangents - one per row, on the elements of `to` (the logits for the margin)
   * @returns rows of the size of `from`
   */
  of(cotangents: readonly Float32Array[], masks: (rows: number) => Feeds): Promise<Float64Array>;
}

/** A network's split, loaded to be followed path by path. Gates are numbered in layout order. */
export interface FixedPaths extends AsyncDisposable {
  readonly classes: number;
  /** Fixed and float parts of every gate's output at the rows of `x`. */
  parts(
    x: Tensor,
    masks: Feeds,
  ): Promise<readonly { readonly fixed: Tensor; readonly float: Tensor }[]>;
  /** From each gate to the margin, through fixed units; undefined at a gate that does not reach the output. */
  readonly toMargin: readonly (Weights | undefined)[];
  /** From the input or a gate straight to a later gate or the margin, through no gate in between. */
  readonly between: readonly Weights[];
}

/**
 * Loads the split network and its derivatives. With the selections of a neighborhood recorded, the fixed part is affine,
 * so the weights of its paths are one backward pass.
 */
export async function createFixedPaths(engine: Engine, analysis: Analysis): Promise<FixedPaths> {
  const { network, base, channels } = splitWithChannels(analysis.network, {
    partition: givenPartition(),
    selection: 'recorded',
    form: 'two-recurrences',
  });
  const input = network.inputs[0] as ValueInfo;
  const logits = network.outputs[1] as ValueInfo;
  const gateNames = new Set(analysis.gates.map((gate) => gate.node.name));
  const names = base.nodes
    .filter(({ name }) => gateNames.has(name))
    .map(({ outputs }) => {
      const { fixed = '', float = '' } = channels.get(outputs[0] as string) ?? {};
      return { fixed, float };
    });
  const gates = names.map(({ fixed }) => valueInfo(network, fixed));
  const starts = [input, ...gates];

  const kernels: Kernel[] = [];
  const load: Engine['load'] = async (net) => {
    const kernel = await engine.load(net);
    kernels.push(kernel);
    return kernel;
  };
  const weights = async (
    ends: Pick<Weights, 'from' | 'to'>,
    from: ValueInfo,
    to: ValueInfo,
    cuts: readonly ValueInfo[],
  ): Promise<Weights | undefined> => {
    const part = cutNetwork(network, [from, ...cuts], to);
    if (part === undefined) return undefined;
    const kernel = await load(differentiate(part, 'cotangent'));
    return { ...ends, of: (cotangents, masks) => backward(kernel, to, cotangents, masks) };
  };
  const dispose = async (): Promise<void> => {
    for (const kernel of kernels) await kernel[Symbol.asyncDispose]();
  };

  try {
    const values = await load(
      withOutputs(
        network,
        names.flatMap(({ fixed, float }) => [fixed, float]),
      ),
    );
    const toMargin: (Weights | undefined)[] = [];
    for (const [i, gate] of gates.entries()) {
      toMargin.push(await weights({ from: i, to: 'margin' }, gate, logits, []));
    }
    const between: Weights[] = [];
    for (const [i, start] of starts.entries()) {
      for (const [j, end] of [...gates, logits].entries()) {
        if (j < i) continue;
        const ends = {
          from: i === 0 ? ('input' as const) : i - 1,
          to: j === gates.length ? ('margin' as const) : j,
        };
        const cuts = starts.filter((other) => other !== start && other !== end);
        const direct = await weights(ends, start, end, cuts);
        if (direct) between.push(direct);
      }
    }
    return {
      classes: Number(logits.shape.at(-1)),
      toMargin,
      between,
      async parts(x, masks) {
        const found = await values.run({ ...masks, [input.name]: x });
        return names.map(({ fixed, float }) => ({
          fixed: found[fixed] as Tensor,
          float: found[float] as Tensor,
        }));
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The fixed part is affine, so where it is differentiated does not matter: at 0. */
async function backward(
  kernel: Kernel,
  to: ValueInfo,
  cotangents: readonly Float32Array[],
  masks: (rows: number) => Feeds,
): Promise<Float64Array> {
  const rows = cotangents.length;
  const given = masks(rows);
  const feeds: Record<string, Tensor> = {};
  for (const value of kernel.network.inputs) {
    const shape = shapeWithRows(value, rows);
    feeds[value.name] = given[value.name] ?? float32Tensor(shape, new Float32Array(sizeOf(shape)));
  }
  const target = new Float32Array(sizeOf(shapeWithRows(to, rows)));
  cotangents.forEach((cotangent, row) => target.set(cotangent, row * cotangent.length));
  feeds[TARGET] = float32Tensor(shapeWithRows(to, rows), target);
  const fetches = await kernel.run(feeds);
  const gradient = kernel.network.outputs.at(-1)?.name ?? '';
  return numbersOf(fetches[gradient] as Tensor);
}
