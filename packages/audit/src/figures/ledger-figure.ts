import { amount } from './flow-chart.js';
import { FIGURE_WIDTH, figureSvg, marked, textAt, type FigureTable } from './figure.js';
import { element, fitText } from './markup.js';

/** One row of a drawn ledger: lost margin, or regained where it is negative. */
export interface LedgerBar {
  readonly name: string;
  readonly tone: 'fixed' | 'float' | 'rest';
  readonly value: number;
  /** What the row says when pointed at, e.g. the unit's outputs. */
  readonly note: string;
}

export interface LedgerChart {
  readonly title: string;
  readonly description: string;
  /** In the order drawn. */
  readonly bars: readonly LedgerBar[];
}

const ROW = 19;
const LABELS = 130;
const NUMBERS = 52;

/** A margin ledger as bars on both sides of 0: lost to the right, regained to the left. */
export function ledgerFigure({ title, description, bars }: LedgerChart): string {
  const most = Math.max(...bars.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  const least = Math.min(0, ...bars.map(({ value }) => value));
  const room = FIGURE_WIDTH - LABELS - NUMBERS;
  const span = most - least;
  const x = (value: number): number => LABELS + ((value - least) / span) * room;
  const height = bars.length * ROW + 8;
  const drawn = bars.flatMap(({ name, tone, value, note }, i) => {
    const y = 4 + i * ROW;
    const [from, to] = value < 0 ? [x(value), x(0)] : [x(0), x(value)];
    return [
      textAt(2, y + 12, fitText(name, LABELS - 8), { class: 'small' }),
      marked(
        'rect',
        { x: from, y: y + 2, width: Math.max(0.5, to - from), height: 13, class: `fill-${tone}` },
        `${name}: ${amount(value)}; ${note}`,
      ),
      textAt(FIGURE_WIDTH - 2, y + 12, amount(value), { anchor: 'end', class: 'number small' }),
    ];
  });
  const zero = element('path', {
    d: `M${Math.round(x(0) * 10) / 10} 2V${height - 4}`,
    class: 'axis',
  });
  return figureSvg({ title, description, height }, [...drawn, zero]);
}

/** The same numbers as a table, in full. */
export function ledgerTable({ title, bars }: LedgerChart): FigureTable {
  return {
    caption: title,
    columns: ['row', 'lost margin', 'from'],
    rows: bars.map(({ name, value, note }) => [name, String(value), note]),
  };
}
