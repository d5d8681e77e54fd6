import { ticks } from './curves.js';
import { amount } from './flow-chart.js';
import { FIGURE_WIDTH, figureSvg, marked, textAt, type FigureTable } from './figure.js';
import { element } from './markup.js';

/** A margin along the segment from an image to its adversarial version. */
export interface KinkChart {
  readonly title: string;
  readonly description: string;
  /** M at the image. */
  readonly margin: number;
  /** M'(0+). */
  readonly start: number;
  readonly rows: readonly {
    readonly t: number;
    readonly slopeJump: number;
    readonly units: readonly string[];
  }[];
  /**
   * Kinks that are marked and listed, those that bend most; all where left out. The line has them all, and bars below it say
   * how many there are where.
   */
  readonly marked?: number;
}

const LEFT = 38;
const RIGHT = FIGURE_WIDTH - 8;
const TOP = 14;
const BASE = 170;
/** With more kinks than this their marks are hair lines. */
const MANY = 60;
/** Parts of the way that kinks are counted in, and how high the fullest one's bar is. */
const BINS = 50;
const BAR = 20;

interface KinkPoint {
  readonly t: number;
  readonly margin: number;
  readonly slope: number;
}

/** Where the margin is at every kink, and its slope from there on. */
function pointsOf({ margin, start, rows }: KinkChart): KinkPoint[] {
  const points: KinkPoint[] = [{ t: 0, margin, slope: start }];
  for (const { t, slopeJump } of rows) {
    const last = points.at(-1) as KinkPoint;
    points.push({
      t,
      margin: last.margin + last.slope * (t - last.t),
      slope: last.slope + slopeJump,
    });
  }
  const last = points.at(-1) as KinkPoint;
  return [...points, { ...last, t: 1, margin: last.margin + last.slope * (1 - last.t) }];
}

/** The kinks to mark and list, in order of t, with the points where they are. */
function markedKinks(
  { rows, marked = rows.length }: KinkChart,
  points: readonly KinkPoint[],
): readonly (KinkChart['rows'][number] & { readonly margin: number })[] {
  return rows
    .map((row, k) => ({ ...row, margin: points[k + 1]?.margin ?? 0 }))
    .sort((a, b) => Math.abs(b.slopeJump) - Math.abs(a.slopeJump) || a.t - b.t)
    .slice(0, marked)
    .sort((a, b) => a.t - b.t);
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** The margin's path, with a mark at every kink, beside the straight line that it would follow if nothing switched. */
export function kinkFigure(chart: KinkChart): string {
  const points = pointsOf(chart);
  const straight = chart.margin + chart.start;
  const values = [...points.map(({ margin }) => margin), straight, 0];
  // There can be more kinks than a call takes arguments.
  const low = values.reduce((least, value) => Math.min(least, value));
  const high = values.reduce((most, value) => Math.max(most, value));
  const span = high - low || 1;
  const x = (t: number): number => LEFT + t * (RIGHT - LEFT);
  const y = (value: number): number => BASE - ((value - low) / span) * (BASE - TOP);
  const step = ticks(span)[1] ?? span;
  const lowest = Math.ceil(low / step);
  const axes = Array.from(
    { length: Math.floor(high / step) - lowest + 1 },
    (_, k) => (lowest + k) * step,
  ).flatMap((value) => [
    element('path', {
      d: `M${LEFT} ${tenth(y(value))}H${RIGHT}`,
      class: value === 0 ? 'axis' : 'grid',
    }),
    textAt(LEFT - 5, y(value) + 4, amount(value), { anchor: 'end', class: 'soft small' }),
  ]);
  const path = points.map(({ t, margin }) => `${tenth(x(t))} ${tenth(y(margin))}`).join('L');
  const kinks = markedKinks(chart, points);
  const width = kinks.length > MANY ? 0.8 : 2.4;
  const marks = kinks.map(({ t, slopeJump, units, margin }) => {
    const at = { x: x(t) - width / 2, y: y(margin) - 4, width, height: 8, class: 'fill-float' };
    return marked(
      'rect',
      at,
      `t = ${t.toFixed(4)}: ${units.join(', ')}; slope ${amount(slopeJump)}`,
    );
  });
  const counts = kinks.length < chart.rows.length ? countBars(chart, x) : [];
  const height = BASE + 34 + (counts.length > 0 ? BAR + 18 : 0);
  return figureSvg({ title: chart.title, description: chart.description, height }, [
    ...axes,
    ...counts,
    element('path', {
      d: `M${tenth(x(0))} ${tenth(y(chart.margin))}L${tenth(x(1))} ${tenth(y(straight))}`,
      class: 'line line-2',
    }),
    ...marks,
    element('path', { d: `M${path}`, class: 'line line-1' }),
    textAt(LEFT, BASE + 15, 'image', { class: 'soft small' }),
    textAt(RIGHT, BASE + 15, 'adversarial', { anchor: 'end', class: 'soft small' }),
    textAt((LEFT + RIGHT) / 2, BASE + 29, 'solid: the margin; dashed: if nothing switched', {
      anchor: 'middle',
      class: 'soft small',
    }),
  ]);
}

/** How many of all kinks are in every part of the way. */
function countBars({ rows }: KinkChart, x: (t: number) => number): string[] {
  const counts = new Array<number>(BINS).fill(0);
  for (const { t } of rows) counts[Math.min(BINS - 1, Math.floor(t * BINS))]! += 1;
  const most = Math.max(...counts);
  const foot = BASE + 34 + BAR;
  const bars = counts.flatMap((count, bin) => {
    if (count === 0) return [];
    const height = tenth((count / most) * BAR);
    const [from, to] = [x(bin / BINS), x((bin + 1) / BINS)];
    const at = { x: tenth(from), y: foot - height, width: tenth(to - from - 1), height };
    const where = `t = ${(bin / BINS).toFixed(2)} to ${((bin + 1) / BINS).toFixed(2)}`;
    return [
      marked('rect', { ...at, class: 'fill-float' }, `${where}: ${count} of ${rows.length} kinks`),
    ];
  });
  return [
    ...bars,
    textAt(
      (LEFT + RIGHT) / 2,
      foot + 13,
      `bars: where all ${rows.length} kinks are, ${most} at most`,
      {
        anchor: 'middle',
        class: 'soft small',
      },
    ),
  ];
}

/** The marked kinks as table rows; what the others change the slope by is one more. */
export function kinkTable(chart: KinkChart): FigureTable {
  const kinks = markedKinks(chart, pointsOf(chart));
  const others = chart.rows.length - kinks.length;
  const sum = (of: KinkChart['rows']): number => of.reduce((all, row) => all + row.slopeJump, 0);
  return {
    caption: chart.title,
    columns: ['t', 'margin', 'slope change', 'units that switch'],
    rows: [
      ...kinks.map(({ t, slopeJump, units, margin }) => [
        String(t),
        amount(margin),
        String(slopeJump),
        units.join(', '),
      ]),
      ...(others === 0
        ? []
        : [[`${others} others`, '', amount(sum(chart.rows) - sum(kinks)), 'each bends less']]),
    ],
  };
}
