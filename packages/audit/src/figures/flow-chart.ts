import { cellsOf, sumCells } from '../exhibits/cells.js';
import type { Exhibit, ExhibitGate, Flow, FlowEnd } from '../exhibits/exhibit.js';
import { MOST_FLOWS } from '../exhibits/largest-flows.js';
import type { FigureTable } from './figure.js';

/** A channel or unit of a gate, or a run of them, as it is drawn. */
export interface FlowCell {
  readonly name: string;
  readonly units: number;
  readonly float: number;
  /** Margin lost on fixed paths through its fixed units. */
  readonly fixedLoss: number;
  /** Margin lost on float paths whose last float unit is in it. */
  readonly floatLoss: number;
}

export interface FlowGate {
  readonly name: string;
  readonly note: string;
  readonly of: 'channel' | 'unit';
  readonly cells: readonly FlowCell[];
}

/** A network with the margin that a failure lost, path by path. */
export interface FlowChart {
  readonly title: string;
  readonly description: string;
  readonly gates: readonly FlowGate[];
  readonly flows: readonly Flow[];
  readonly margin: {
    readonly label: string;
    readonly rival: string;
    readonly clean: number;
    readonly adversarial: number;
  };
}

/** What a flow chart is drawn from: an exhibit, or the same of any pair of inputs. */
export interface Flowing extends Pick<Exhibit, 'gates' | 'flows' | 'label'> {
  readonly diagnosis: Pick<
    Exhibit['diagnosis'],
    'rival' | 'marginClean' | 'marginAdversarial' | 'fixedDrop' | 'floatDrop'
  >;
}

/** @param title - of the figure; the class names are those of the exhibit's label and rival */
export function flowChartOf(
  { gates, flows, label, diagnosis }: Flowing,
  title: string,
  className: (label: number) => string,
): FlowChart {
  const drawn = gates.map(flowGate);
  const float = drawn.map(({ cells }) => cells.reduce((sum, cell) => sum + cell.float, 0));
  const units = drawn.map(({ cells }) => cells.reduce((sum, cell) => sum + cell.units, 0));
  return {
    title,
    description: `Gate by gate ${float.map((count, i) => `${count} of ${units[i]}`).join(', ')} units switched; fixed paths lost ${amount(diagnosis.fixedDrop)} of the margin, float paths ${amount(diagnosis.floatDrop)}`,
    gates: drawn,
    flows,
    margin: {
      label: className(label),
      rival: className(diagnosis.rival),
      clean: diagnosis.marginClean,
      adversarial: diagnosis.marginAdversarial,
    },
  };
}

function flowGate({ name, rowShape, float, fixedLoss, floatLoss }: ExhibitGate): FlowGate {
  const cells = cellsOf(rowShape);
  const isFloat = (unit: number): boolean => float[unit] === 1;
  const counted = sumCells(cells, float);
  const fixed = sumCells(cells, fixedLoss);
  const started = sumCells(cells, floatLoss, isFloat);
  const [channels = 1, ...rest] = rowShape;
  return {
    name,
    note: rest.length > 0 ? `${channels} x ${rest.join(' x ')}` : `${channels} units`,
    of: cells.of,
    cells: Array.from(counted, (count, i) => {
      const first = i * cells.channels;
      const last = Math.min(channels, first + cells.channels) - 1;
      return {
        name: first === last ? `${cells.of} ${first}` : `${cells.of}s ${first} to ${last}`,
        units: Math.min(cells.size, float.length - i * cells.size),
        float: count,
        fixedLoss: fixed[i] as number,
        floatLoss: started[i] as number,
      };
    }),
  };
}

/** An amount of margin, to three digits. */
export function amount(value: number): string {
  return String(Number(value.toPrecision(3)));
}

export function endName(chart: FlowChart, end: FlowEnd): string {
  if ('end' in end) return end.end === 'input' ? 'the image' : 'the margin';
  const gate = chart.gates[end.gate];
  return `${gate?.name ?? ''} ${gate?.cells[end.cell]?.name ?? ''}`;
}

export function cellText({ float, units, fixedLoss, floatLoss }: FlowCell): string[] {
  return [`${float} of ${units}`, amount(fixedLoss), amount(floatLoss)];
}

/** The flows that are drawn as paths of one kind: the largest of it between every two neighbors. */
export function drawnFlows(flows: readonly Flow[], kind: 'fixed' | 'float'): Flow[] {
  const place = (end: FlowEnd): string => ('end' in end ? end.end : String(end.gate));
  const pairs = new Map<string, Flow[]>();
  for (const flow of flows) {
    const pair = `${place(flow.from)}-${place(flow.to)}`;
    pairs.set(pair, [...(pairs.get(pair) ?? []), flow]);
  }
  return [...pairs.values()].flatMap((pair) =>
    pair
      .filter((flow) => flow[kind] !== 0)
      .sort((a, b) => Math.abs(b[kind]) - Math.abs(a[kind]))
      .slice(0, MOST_FLOWS),
  );
}

/** A cell of which there is something to say. */
export function isTouched(chart: FlowChart, gate: number, cell: number): boolean {
  if ((chart.gates[gate]?.cells[cell]?.float ?? 0) > 0) return true;
  return chart.flows.some(({ from, to }) =>
    [from, to].some((end) => 'cell' in end && end.gate === gate && end.cell === cell),
  );
}

/** The units and what was lost through them, as a table. */
export function cellTable(chart: FlowChart): FigureTable {
  return {
    caption: `${chart.title}: where units switched`,
    columns: [
      'gate',
      'cell',
      'units that switched',
      'margin lost on fixed paths through it',
      'margin lost on float paths whose last switched unit is in it',
    ],
    rows: chart.gates.flatMap(({ name, cells }, gate) =>
      cells.flatMap((cell, i) =>
        isTouched(chart, gate, i) ? [[name, cell.name, ...cellText(cell)]] : [],
      ),
    ),
  };
}

/** The lines of the drawing, as a table. */
export function flowTable(chart: FlowChart): FigureTable {
  return {
    caption: `${chart.title}: the lines`,
    columns: ['from', 'to', 'margin lost on fixed paths', 'margin lost on float paths'],
    rows: chart.flows.map(({ from, to, fixed, float }) => [
      endName(chart, from),
      endName(chart, to),
      amount(fixed),
      amount(float),
    ]),
  };
}
