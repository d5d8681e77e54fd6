import { sizeOf } from '@floatpath/core';
import type { PatternLayout } from '@floatpath/activation-patterns';

/** A value per unit, added up over a gate or over one channel of it. */
export interface GroupSum {
  readonly gate: string;
  /** Absent where the whole gate is meant. */
  readonly channel?: number;
  /** Units that have a value. */
  readonly count: number;
  readonly sum: number;
  /** Sum of absolute values: what cancels inside the group shows here. */
  readonly size: number;
}

/** A value of one unit, e.g. a ledger's row or a contribution. */
export interface UnitValue {
  readonly unit: number;
  readonly value: number;
}

/** One sum per gate, in the order of gates; a gate without values has zeros. */
export function sumByGate(layout: PatternLayout, values: Iterable<UnitValue>): GroupSum[] {
  const sums = layout.gates.map(({ name }) => ({ gate: name, count: 0, sum: 0, size: 0 }));
  for (const { unit, value } of values) add(sums[gateAt(layout, unit)], value);
  return sums;
}

/** One sum per channel that has a value, gates and channels ascending. A gate of one axis has one channel per unit. */
export function sumByChannel(layout: PatternLayout, values: Iterable<UnitValue>): GroupSum[] {
  const sums = new Map<number, { gate: string; channel: number } & Sum>();
  for (const { unit, value } of values) {
    const { name, start, rowShape } = layout.gates[gateAt(layout, unit)] as Gate;
    const perChannel = sizeOf(rowShape.slice(1));
    const channel = Math.floor((unit - start) / perChannel);
    const key = start + channel * perChannel;
    const known = sums.get(key) ?? { gate: name, channel, count: 0, sum: 0, size: 0 };
    add(known, value);
    sums.set(key, known);
  }
  return [...sums].sort(([a], [b]) => a - b).map(([, sum]) => sum);
}

type Gate = PatternLayout['gates'][number];

interface Sum {
  count: number;
  sum: number;
  size: number;
}

function add(sum: Sum | undefined, value: number): void {
  if (sum === undefined) return;
  sum.count += 1;
  sum.sum += value;
  sum.size += Math.abs(value);
}

const gateAt = ({ gates }: PatternLayout, unit: number): number =>
  gates.findLastIndex(({ start, units }) => start <= unit && units > 0);
