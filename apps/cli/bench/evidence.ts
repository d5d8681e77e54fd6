import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { writeEvidence } from '../../../scripts/evidence.js';
import type { Ratio } from './measure.js';
import type { Row } from './row.js';

/** A row as it was measured. */
export interface Measured {
  readonly id: string;
  readonly what: string;
  readonly goal: number;
  readonly sense: Row['sense'];
  readonly ratio: Ratio;
  readonly reached: boolean;
  readonly why?: string;
  /** The PyTorch that the second side was. */
  readonly torch?: {
    readonly version: string;
    readonly perSecond: number;
    readonly recorded: boolean;
  };
  /** Average number of processes that wanted a core in the minute before, this one included. */
  readonly load: number;
}

export const topic = 'benchmarks';
const file = new URL(`../../../evidence/${topic}.json`, import.meta.url);

/** Rows of the last run that wrote evidence. */
export function measuredBefore(): readonly Measured[] {
  try {
    const { numbers } = JSON.parse(readFileSync(file, 'utf8')) as { numbers: Measured[] };
    return numbers;
  } catch {
    return [];
  }
}

const short = (value: number): number => Number(value.toPrecision(4));

export function measuredRow(
  row: Row,
  ratio: Ratio,
  torch: { readonly version: string; readonly recorded: boolean } | undefined,
): Measured {
  const { id, what, goal, sense, shortfall } = row;
  const value = short(ratio.median);
  const reached = sense === 'at least' ? value >= goal : value <= goal;
  return {
    id,
    what,
    goal,
    sense,
    ratio: {
      median: value,
      least: short(ratio.least),
      most: short(ratio.most),
      rounds: ratio.rounds,
      rates: [Math.round(ratio.rates[0]), Math.round(ratio.rates[1])],
    },
    reached,
    ...(reached || shortfall === undefined ? {} : { why: shortfall }),
    ...(torch === undefined ? {} : { torch: { ...torch, perSecond: Math.round(ratio.rates[1]) } }),
    load: short(loadavg()[0] ?? 0),
  };
}

/** Writes a row over that of the last run, in the order of the table. */
export function writeRows(order: readonly string[], row: Measured): readonly Measured[] {
  const known = new Map([...measuredBefore(), row].map((each) => [each.id, each]));
  const numbers = order.flatMap((id) => known.get(id) ?? []);
  writeEvidence(topic, {
    claim:
      'ratios of rates, alternating A/B/A/B in one run, medians, one thread each, by CPU time (two workers: by the clock)',
    command: 'npm run bench -- apps/cli/bench/table.bench.ts',
    seed: 0,
    numbers,
  });
  return numbers;
}
