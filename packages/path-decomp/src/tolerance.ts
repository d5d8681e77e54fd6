import {
  float64Tensor,
  type Feeds,
  type Float64Tensor,
  type Network,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import {
  constantSlots,
  constantTensors64,
  dataValues,
  evaluateMagnitude,
  isBatched,
  opOf,
  referenceEngine,
  withOutputs,
} from '@floatpath/engine';
import type { Split } from './split.js';

/** Unit roundoffs of the precisions that engines compute in. */
export const unitRoundoff = { float32: 2 ** -24, float64: 2 ** -53 } as const;

/** How much fixed + float may differ from the plain network's output, per row. */
export interface SumTolerance extends AsyncDisposable {
  /** @param feeds - of the split network */
  of(feeds: Feeds): Promise<Float64Array>;
}

/**
 * The tolerance of the sum law: 16 L u s, with L the affine nodes on the longest path, u the unit roundoff and s the
 * largest |W|(|fixed| + |float|) + |b| of any affine node, from a float64 evaluation of both channels.
 */
export async function createSumTolerance(
  split: Split,
  precision: keyof typeof unitRoundoff,
): Promise<SumTolerance> {
  const { base, channels, network } = split;
  const data = dataValues(base);
  const batched = isBatched(base);
  const constants = constantTensors64(base.constants);
  const affine = base.nodes.filter((node) => opOf(node.op)?.role === 'affine');
  const needed = new Set(affine.flatMap((node) => node.inputs.filter((name) => data.has(name))));
  const parts = [...needed].flatMap((name) => {
    const channel = channels.get(name);
    return [channel?.fixed, channel?.float].filter((part) => part !== undefined);
  });
  const kernel = await referenceEngine().load(withOutputs(network, [...new Set(parts)]));
  const factor = 16 * longestAffinePath(base) * unitRoundoff[precision];

  return {
    async of(feeds) {
      const values = await kernel.run(feeds);
      const size = (name: string): Float64Tensor => {
        const { fixed = '', float } = channels.get(name) ?? {};
        const a = values[fixed] as Float64Tensor;
        const b = float === undefined ? undefined : (values[float] as Float64Tensor);
        return float64Tensor(
          a.shape,
          a.data.map((v, i) => Math.abs(v) + Math.abs(b?.data[i] ?? 0)),
        );
      };
      const input = feeds[base.inputs[0]?.name ?? ''] as Tensor;
      const rows = batched ? (input.shape[0] ?? 1) : 1;
      const largest = new Float64Array(rows);
      for (const node of affine) {
        const isConstant = constantSlots(node, data);
        const operands = node.inputs.map((name, slot) =>
          name === '' ? undefined : isConstant(slot) ? constants.get(name) : size(name),
        );
        for (const magnitude of evaluateMagnitude(node, operands)) {
          const values = (magnitude as Float64Tensor).data;
          const width = values.length / rows;
          values.forEach((value, i) => {
            const row = Math.floor(i / width);
            largest[row] = Math.max(largest[row] as number, value);
          });
        }
      }
      return largest.map((s) => factor * s);
    },
    [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
  };
}

/** L: affine nodes on the longest path. */
export function longestAffinePath(network: Network): number {
  const depth = new Map<string, number>();
  let longest = 1;
  const before = (node: NetworkNode): number =>
    node.inputs.reduce((most, name) => Math.max(most, depth.get(name) ?? 0), 0);
  for (const node of network.nodes) {
    const here = before(node) + (opOf(node.op)?.role === 'affine' ? 1 : 0);
    for (const output of node.outputs) depth.set(output, here);
    longest = Math.max(longest, here);
  }
  return longest;
}
