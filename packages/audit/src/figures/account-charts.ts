import type { KinkList, MarginLedger } from '@floatpath/path-decomp';
import { plural, printable } from '../story-words.js';
import { amount } from './flow-chart.js';
import type { KinkChart } from './kink-figure.js';
import type { LedgerChart } from './ledger-figure.js';

/** Rows of a ledger that are kept by name; the rest is one row. */
export const TOP_ROWS = 12;

/** A margin ledger with its largest rows by name, largest first. */
export interface LedgerAccount {
  readonly drop: number;
  readonly fixed: number;
  readonly rows: readonly {
    readonly unit: string;
    readonly weight: number;
    readonly clean: number;
    readonly adversarial: number;
    readonly share: number;
  }[];
  readonly others: { readonly count: number; readonly share: number };
  readonly ulps: number;
}

/** The rows of a ledger that lost or regained most; what the others did together. */
export function accountOf({ drop, fixed, rows, ulps }: MarginLedger): LedgerAccount {
  const largest = [...rows].sort(
    (a, b) => Math.abs(b.share) - Math.abs(a.share) || a.unit - b.unit,
  );
  const rest = largest.slice(TOP_ROWS);
  return {
    drop,
    fixed,
    rows: largest.slice(0, TOP_ROWS).map(({ id, weight, output, share }) => ({
      unit: id,
      weight,
      clean: output.clean,
      adversarial: output.adversarial,
      share,
    })),
    others: { count: rest.length, share: rest.reduce((sum, { share }) => sum + share, 0) },
    ulps,
  };
}

export function ledgerChart(
  { fixed, rows, others }: Pick<LedgerAccount, 'fixed' | 'rows' | 'others'>,
  title: string,
): LedgerChart {
  return {
    title: `${title}: margin ledger`,
    description: `fixed paths lost ${amount(fixed)}, ${rows.length + others.count} float units the rest`,
    bars: [
      { name: 'fixed paths', tone: 'fixed', value: fixed, note: 'nothing on them switched' },
      ...rows.map(({ unit, weight, clean, adversarial, share }) => ({
        name: printable(unit),
        tone: 'float' as const,
        value: share,
        note: `output ${amount(clean)} to ${amount(adversarial)}, weight ${amount(weight)}`,
      })),
      ...(others.count === 0
        ? []
        : [
            {
              name: plural(others.count, 'other neuron'),
              tone: 'rest' as const,
              value: others.share,
              note: 'each smaller than the rows above',
            },
          ]),
    ],
  };
}

/**
 * @param nameOf - printed id of a unit
 * @param marked - how many kinks are marked and listed, those that bend most; all unless given
 */
export function kinkChart(
  { start, rows }: KinkList,
  margin: { readonly clean: number; readonly adversarial: number },
  nameOf: (unit: number) => string,
  title: string,
  marked?: number,
): KinkChart {
  return {
    title: `${title}: margin along the segment`,
    description: `from ${amount(margin.clean)} to ${amount(margin.adversarial)}; ${amount(margin.clean + start)} if nothing switched`,
    margin: margin.clean,
    start,
    rows: rows.map(({ t, slopeJump, crossings }) => ({
      t,
      slopeJump,
      units: crossings.map(({ unit }) => printable(nameOf(unit))),
    })),
    ...(marked !== undefined && { marked }),
  };
}
