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
}

const LEFT = 38;
const RIGHT = FIGURE_WIDTH - 8;
const TOP = 14;
const BASE = 170;
/** With more kinks than this their marks are hair lines. */
const MANY = 60;

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

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** The margin's path, with a mark at every kink, beside the straight line that it would follow if nothing switched. */
export function kinkFigure(chart: KinkChart): string {
  const points = pointsOf(chart);
  const straight = chart.margin + chart.start;
  const values = [...points.map(({ margin }) => margin), straight, 0];
  const [low, high] = [Math.min(...values), Math.max(...values)];
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
  const width = chart.rows.length > MANY ? 0.8 : 2.4;
  const marks = chart.rows.map(({ t, slopeJump, units }, k) => {
    const { margin } = points[k + 1] as KinkPoint;
    const at = { x: x(t) - width / 2, y: y(margin) - 4, width, height: 8, class: 'fill-float' };
    return marked(
      'rect',
      at,
      `t = ${t.toFixed(4)}: ${units.join(', ')}; slope ${amount(slopeJump)}`,
    );
  });
  return figureSvg({ title: chart.title, description: chart.description, height: BASE + 34 }, [
    ...axes,
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

/** Every kink as a table row. */
export function kinkTable(chart: KinkChart): FigureTable {
  const points = pointsOf(chart);
  return {
    caption: chart.title,
    columns: ['t', 'margin', 'slope change', 'units that switch'],
    rows: chart.rows.map(({ t, slopeJump, units }, k) => [
      String(t),
      amount(points[k + 1]?.margin ?? 0),
      String(slopeJump),
      units.join(', '),
    ]),
  };
}
