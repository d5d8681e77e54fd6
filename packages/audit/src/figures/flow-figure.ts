import type { FlowEnd } from '../exhibits/exhibit.js';
import { FIGURE_WIDTH, figureSvg, marked, textAt } from './figure.js';
import {
  amount,
  cellText,
  drawnFlows,
  endName,
  isTouched,
  type FlowCell,
  type FlowChart,
  type FlowGate,
} from './flow-chart.js';
import { element, fitText } from './markup.js';

const COLUMN = 72;
const TOP = 46;
const HEIGHT = 236;
const MIDDLE = TOP + HEIGHT / 2;
const CELL_ROOM = 44;
const LARGEST_CELL = 15;
const SMALLEST_CELL = 9;
/** Fixed and float paths between the same cells run side by side. */
const SHIFT = { fixed: -1.5, float: 2 } as const;

interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly size: number;
}

/** As few columns of cells as keep the cells large enough to see. */
function gridOf(count: number): Grid {
  for (let columns = 1; ; columns += 1) {
    const rows = Math.ceil(count / columns);
    const size = Math.min(LARGEST_CELL, CELL_ROOM / columns, HEIGHT / rows);
    if (size >= SMALLEST_CELL || size === CELL_ROOM / columns) return { columns, rows, size };
  }
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly half: number;
}

/**
 * The network as columns of cells from the image to the margin, with the largest flows of lost margin between
 * neighboring gates: fixed paths as full lines, float paths dashed from the last unit that switched.
 */
export function flowFigure(chart: FlowChart, inputPicture?: string): string {
  const { gates, flows, margin, title, description } = chart;
  const width = Math.max(FIGURE_WIDTH, COLUMN * (gates.length + 2));
  const column = (index: number): number => ((index + 0.5) * width) / (gates.length + 2);
  const grids = gates.map(({ cells }) => gridOf(cells.length));
  const placeOf = (end: FlowEnd): Place => {
    if ('end' in end) {
      return end.end === 'input'
        ? { x: column(0), y: MIDDLE, half: 28 }
        : { x: column(gates.length + 1), y: MIDDLE, half: 33 };
    }
    const { columns, rows, size } = grids[end.gate] as Grid;
    return {
      x: column(end.gate + 1) + ((end.cell % columns) - (columns - 1) / 2) * size,
      y: MIDDLE + (Math.floor(end.cell / columns) - (rows - 1) / 2) * size,
      half: size / 2,
    };
  };
  const most = Math.max(
    1e-300,
    ...flows.flatMap(({ fixed, float }) => [fixed, float].map(Math.abs)),
  );
  const lines = (['fixed', 'float'] as const).flatMap((kind) =>
    drawnFlows(flows, kind).map((flow) => {
      const [a, b] = [placeOf(flow.from), placeOf(flow.to)];
      const [y1, y2] = [a.y + SHIFT[kind], b.y + SHIFT[kind]];
      const [x1, x2] = [a.x + a.half, b.x - b.half];
      const bend = (x1 + x2) / 2;
      const value = flow[kind];
      return marked(
        'path',
        {
          d: `M${tenth(x1)} ${tenth(y1)}C${tenth(bend)} ${tenth(y1)} ${tenth(bend)} ${tenth(y2)} ${tenth(x2)} ${tenth(y2)}`,
          class: `line-${kind}${value < 0 ? ' gain' : ''}`,
          'stroke-width': 0.6 + (5.4 * Math.abs(value)) / most,
        },
        `${endName(chart, flow.from)} to ${endName(chart, flow.to)}: ${kind} ${amount(value)}`,
      );
    }),
  );
  const cells = gates.flatMap(({ name, of, cells: list }, gate) =>
    list.map((cell, i) => {
      const place = placeOf({ gate, cell: i });
      const said = isTouched(chart, gate, i) ? cellTitle(name, cell) : undefined;
      return of === 'unit' ? dot(place, cell, said) : tile(place, cell, said);
    }),
  );
  const heads = gates.flatMap((gate, i) => headOf(gate, column(i + 1)));
  return figureSvg({ title, description, width, height: TOP + HEIGHT + 72 }, [
    ...lines,
    ...cells,
    ...heads,
    textAt(column(0), TOP + HEIGHT + 18, 'switched', { anchor: 'middle', class: 'small soft' }),
    ...inputEnd(placeOf({ end: 'input' }), inputPicture),
    ...marginEnd(placeOf({ end: 'margin' }), margin),
    ...keys(),
  ]);
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

function cellTitle(gate: string, cell: FlowCell): string {
  const [switched, fixed, float] = cellText(cell);
  return `${gate} ${cell.name}: ${switched} switched; fixed ${fixed}, float ${float}`;
}

function said(tag: string, attributes: Parameters<typeof element>[1], title?: string): string {
  return title === undefined ? element(tag, attributes) : marked(tag, attributes, title);
}

/** A unit: filled where it switched. */
function dot({ x, y, half }: Place, { float, units }: FlowCell, title?: string): string {
  const tone = float === 0 ? 'ring' : 'fill-float';
  return said('circle', { cx: x, cy: y, r: half - (float < units ? 2 : 1.2), class: tone }, title);
}

/** A channel: filled from below by the share of its units that switched. */
function tile({ x, y, half }: Place, { float, units }: FlowCell, title?: string): string {
  const side = 2 * half - 2;
  const filled = (side * float) / units;
  const box = { x: x - side / 2, y: y - side / 2, width: side, height: side };
  const part =
    float === 0
      ? ''
      : element('rect', { ...box, y: y + side / 2 - filled, height: filled, class: 'fill-float' });
  return said('rect', { ...box, rx: 1.5, class: 'ring' }, title) + part;
}

function headOf({ name, note, cells }: FlowGate, x: number): string[] {
  const float = cells.reduce((sum, cell) => sum + cell.float, 0);
  const units = cells.reduce((sum, cell) => sum + cell.units, 0);
  const centered = { anchor: 'middle', class: 'small' } as const;
  return [
    textAt(x, 12, fitText(name, COLUMN - 4, 10.5), { ...centered, class: 'small strong' }),
    textAt(x, 26, note, { ...centered, class: 'small soft' }),
    textAt(x, TOP + HEIGHT + 18, String(float), { ...centered, class: 'small strong' }),
    textAt(x, TOP + HEIGHT + 31, `of ${units}`, { ...centered, class: 'small soft' }),
  ];
}

function inputEnd({ x, y, half }: Place, picture?: string): string[] {
  const box = { x: x - half, y: y - half, width: 2 * half, height: 2 * half };
  return [
    textAt(x, y - half - 8, 'the image', { anchor: 'middle', class: 'small strong' }),
    element('rect', { ...box, class: 'ring' }),
    picture === undefined ? '' : element('image', { ...box, href: picture, class: 'fp-pixels' }),
  ];
}

function marginEnd({ x, y, half }: Place, margin: FlowChart['margin']): string[] {
  const centered = { anchor: 'middle' } as const;
  return [
    textAt(x, y - half - 8, 'margin', { ...centered, class: 'small strong' }),
    element('rect', {
      x: x - half,
      y: y - half,
      width: 2 * half,
      height: 2 * half,
      rx: 4,
      class: 'ring',
    }),
    textAt(x, y - 16, fitText(`${margin.label} - ${margin.rival}`, 2 * half, 10.5), {
      ...centered,
      class: 'small soft',
    }),
    textAt(x, y, amount(margin.clean), { ...centered, class: 'small strong' }),
    textAt(x, y + 12, 'to', { ...centered, class: 'small soft' }),
    textAt(x, y + 25, amount(margin.adversarial), { ...centered, class: 'small strong' }),
  ];
}

function keys(): string[] {
  const y = TOP + HEIGHT + 54;
  const line = (x: number, tone: string, text: string): string[] => [
    element('path', { d: `M${x} ${y - 4}h22`, class: tone, 'stroke-width': 3 }),
    textAt(x + 27, y, text, { class: 'soft small' }),
  ];
  return [
    ...line(4, 'line-fixed', 'lost on fixed paths'),
    ...line(140, 'line-float', 'lost on float paths'),
    ...line(276, 'line-fixed gain', 'regained'),
  ];
}
