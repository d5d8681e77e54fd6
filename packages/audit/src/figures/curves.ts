import type { Arithmetic, Guarantee, Norm } from '@floatpath/core';
import { roundDown, roundUp } from '@floatpath/statistics';
import { layLegend } from './bars.js';
import type { CurvePoint } from './curve-points.js';
import { FIGURE_WIDTH, figureSvg, marked, textAt, type FigureTable } from './figure.js';
import { element } from './markup.js';

export interface Curve {
  readonly name: string;
  readonly arithmetic: Arithmetic;
  /** Radii ascend from 0. */
  readonly points: readonly CurvePoint[];
}

/** Curves of one guarantee: conditional ones are never drawn among certificates. */
export interface CurveChart {
  readonly title: string;
  readonly description: string;
  readonly guarantee: Guarantee;
  /** Of the radii; l2 unless given. */
  readonly norm?: Norm;
  /** Right end of the axis, so that neighboring charts compare. */
  readonly mostRadius: number;
  readonly curves: readonly Curve[];
}

const LEFT = 34;
const RIGHT = FIGURE_WIDTH - 10;
const TOP = 24;
const BASE = 190;

export const guaranteeWords: Readonly<Record<Guarantee, string>> = {
  unconditional: 'unconditional certificate',
  conditional: 'CONDITIONAL, no certificate',
};

/** The share of images right with radius at least r, as steps with exact bands. */
export function curveFigure(chart: CurveChart): string {
  const { title, description, guarantee, norm = 'l2', mostRadius, curves } = chart;
  const conditional = guarantee === 'conditional';
  const x = (radius: number): number =>
    LEFT + (Math.min(radius, mostRadius) / mostRadius) * (RIGHT - LEFT);
  const y = (share: number): number => BASE - share * (BASE - TOP);
  const classOf = (kind: 'line' | 'band', i: number): string =>
    `${kind} ${kind}-${conditional ? 'conditional' : (i % 3) + 1}`;

  const axes = [
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
      element('path', { d: `M${LEFT} ${y(share)}H${RIGHT}`, class: share === 0 ? 'axis' : 'grid' }),
      textAt(LEFT - 5, y(share) + 4, String(share).replace(/^0\./, '.'), {
        anchor: 'end',
        class: 'soft small',
      }),
    ]),
    ...ticks(mostRadius).map((radius) =>
      textAt(x(radius), BASE + 15, String(radius).replace(/^0\./, '.'), {
        anchor: 'middle',
        class: 'soft small',
      }),
    ),
    textAt(
      (LEFT + RIGHT) / 2,
      BASE + 30,
      `${conditional ? 'surrogate radius' : 'radius'} r (${norm}, input units)`,
      {
        anchor: 'middle',
        class: 'soft small',
      },
    ),
    conditional
      ? element('rect', {
          x: LEFT,
          y: TOP,
          width: RIGHT - LEFT,
          height: BASE - TOP,
          class: 'frame-conditional',
        })
      : '',
    textAt(LEFT, 13, conditional ? guaranteeWords.conditional : 'share of images certified at r', {
      class: conditional ? 'text-conditional' : 'soft small',
    }),
  ];
  const drawn = curves.flatMap(({ points }, i) => {
    const steps = points.map((point, k) => ({
      point,
      from: x(points[k - 1]?.radius ?? 0),
      to: x(point.radius),
    }));
    const along = (of: (point: CurvePoint) => number): string[] =>
      steps.map(({ point, from, to }) => `L${tenth(from)} ${tenth(y(of(point)))}H${tenth(to)}`);
    const lower = steps
      .toReversed()
      .map(({ point, from, to }) => `L${tenth(to)} ${tenth(y(point.interval[0]))}H${tenth(from)}`);
    const line = along(({ share }) => share)
      .join('')
      .replace(/^L/, 'M');
    const end = steps.at(-1);
    return [
      element('path', {
        d: `${along(({ interval }) => interval[1])
          .join('')
          .replace(/^L/, 'M')}${lower.join('')}Z`,
        class: classOf('band', i),
      }),
      element('path', { d: end ? `${line}V${tenth(y(0))}` : '', class: classOf('line', i) }),
    ];
  });
  const hovers = curves.flatMap(({ name, points }) =>
    points.map((point, k) => {
      const from = x(points[k - 1]?.radius ?? 0);
      return marked(
        'rect',
        {
          x: from,
          y: y(point.share) - 5,
          width: Math.max(2, x(point.radius) - from),
          height: 10,
          class: 'hover',
        },
        `${name}: ${pointCells(point).join(', ')}`,
      );
    }),
  );
  const places = layLegend(curves.map(({ name }) => `mm ${name}`));
  const keys = curves.flatMap(({ name }, i) => {
    const place = places[i] ?? { x: 0, line: 0 };
    const [left, top] = [LEFT + Math.min(place.x, 300), BASE + 40 + place.line * 17];
    return [
      element('path', { d: `M${tenth(left)} ${top + 6}h24`, class: classOf('line', i) }),
      textAt(left + 30, top + 10, name, { class: 'soft' }),
    ];
  });
  const height = BASE + 40 + ((places.at(-1)?.line ?? 0) + 1) * 17 + 4;
  return figureSvg({ title, description, height }, [...axes, ...drawn, ...keys, ...hovers]);
}

/** About five round numbers from 0 to `most`. */
export function ticks(most: number): number[] {
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? rough;
  const found: number[] = [];
  for (let i = 0; i * step <= most * (1 + 1e-9); i += 1) {
    found.push(Number((i * step).toPrecision(6)));
  }
  return found;
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** Shares and radii rounded towards less, upper ends towards more. */
function pointCells({ radius, count, images, share, interval: [low, high] }: CurvePoint): string[] {
  return [
    `r = ${roundDown(radius, 4)}`,
    `${count} of ${images}`,
    roundDown(share, 3),
    `${roundDown(low, 3)} to ${roundUp(high, 3)}`,
  ];
}

/** The same numbers as a table. */
export function curveTable({ title, guarantee, curves }: CurveChart): FigureTable {
  const share =
    guarantee === 'conditional' ? 'share right with surrogate radius >= r' : 'certified share';
  return {
    caption: `${title} (${guaranteeWords[guarantee]})`,
    columns: ['curve', 'arithmetic', 'r', 'images', share, '95 % interval, exact'],
    rows: curves.flatMap(({ name, arithmetic, points }) =>
      points.map((point) => [name, arithmetic, ...pointCells(point)]),
    ),
  };
}
