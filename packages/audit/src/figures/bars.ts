import { FIGURE_WIDTH, figureSvg, marked, textAt, type FigureTable } from './figure.js';
import { fitText } from './markup.js';

/** How a part of a bar is drawn. `bound`: no more than this is known. */
export type BarTone = 'fixed' | 'float' | 'other' | 'good' | 'bound' | 'rest';

export interface BarPart {
  readonly name: string;
  readonly tone: BarTone;
  /** At least 0. */
  readonly value: number;
  /** The value as it is printed. */
  readonly text: string;
}

export interface Bar {
  readonly label: string;
  readonly parts: readonly BarPart[];
  /** Printed at the end of the label's line instead of the parts' own texts. */
  readonly summary?: string;
}

export interface BarChart {
  readonly title: string;
  readonly description: string;
  /** Length of a full bar. */
  readonly most: number;
  readonly bars: readonly Bar[];
  /** Heading of the column of values. */
  readonly unit: string;
}

const TOP = 4;
const INSET = 2;
/** With more bars than this they are drawn in one line each. */
const MANY = 8;

/** Where one bar and its words go, relative to its own top. */
interface BarLayout {
  readonly row: number;
  readonly labelRoom: number;
  readonly text: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

function layoutOf(count: number): BarLayout {
  const width = FIGURE_WIDTH - 2 * INSET;
  return count > MANY
    ? { row: 18, labelRoom: 150, text: 11, x: 160, y: 2, width: 140 }
    : { row: 40, labelRoom: width - 100, text: 12, x: INSET, y: 18, width };
}

/** Horizontal bars, one below the other, each under its own label. */
export function barFigure({ title, description, most, bars }: BarChart): string {
  const layout = layoutOf(bars.length);
  const tones = new Map(bars.flatMap(({ parts }) => parts).map(({ name, tone }) => [name, tone]));
  const legend = bars.some(({ parts }) => parts.length > 1) ? [...tones] : [];
  const places = layLegend(legend.map(([name]) => name));
  const bottom = TOP + bars.length * layout.row;
  const drawn = bars.flatMap((bar, i) => drawBar(bar, TOP + i * layout.row, most, layout));
  const keys = legend.flatMap(([name, tone], i) => {
    const { x, line } = places[i] as LegendPlace;
    const y = bottom + 8 + line * 18;
    return [
      marked('rect', { x: INSET + x, y, width: 11, height: 11, class: `fill-${tone}` }, name),
      textAt(INSET + x + 16, y + 10, name, { class: 'soft' }),
    ];
  });
  const lines = legend.length === 0 ? 0 : (places.at(-1)?.line ?? 0) + 1;
  return figureSvg({ title, description, height: bottom + lines * 18 + 8 }, [...drawn, ...keys]);
}

function drawBar(
  { label, parts, summary }: Bar,
  top: number,
  most: number,
  layout: BarLayout,
): string[] {
  const box = { y: top + layout.y, height: 13 };
  const said = summary ?? parts.map(({ text }) => text).join(' + ');
  let x = layout.x;
  return [
    textAt(INSET, top + layout.text, fitText(label, layout.labelRoom)),
    textAt(FIGURE_WIDTH - INSET, top + layout.text, said, { anchor: 'end', class: 'number' }),
    marked('rect', { ...box, x, width: layout.width, class: 'track' }, label),
    ...parts.map(({ name, tone, value, text }) => {
      const width = most > 0 ? (Math.min(value, most) / most) * layout.width : 0;
      const mark = { ...box, x, width, class: `fill-${tone}` };
      x += width;
      return marked('rect', mark, `${label}: ${name}, ${text}`);
    }),
  ];
}

interface LegendPlace {
  readonly x: number;
  readonly line: number;
}

/** Keys of a legend, wrapped. */
export function layLegend(names: readonly string[]): LegendPlace[] {
  let x = 0;
  let line = 0;
  return names.map((name) => {
    const width = 30 + name.length * 6.2;
    if (x > 0 && x + width > FIGURE_WIDTH) {
      x = 0;
      line += 1;
    }
    const place = { x, line };
    x += width;
    return place;
  });
}

/** The same numbers as a table. */
export function barTable({ title, bars, unit }: BarChart): FigureTable {
  return {
    caption: title,
    columns: ['bar', 'part', unit],
    rows: bars.flatMap(({ label, parts }) => parts.map(({ name, text }) => [label, name, text])),
  };
}
