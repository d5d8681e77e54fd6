import { barFigure, barTable, type BarChart } from '../figures/bars.js';
import { curveFigure, curveTable, guaranteeWords, type CurveChart } from '../figures/curves.js';
import type { FigureTable } from '../figures/figure.js';
import { element, escapeMarkup } from '../figures/markup.js';
import {
  kindsChart,
  marginChart,
  controlCurves,
  methodCurves,
  overviewChart,
  plainCurves,
  repairChart,
  switchedChart,
} from '../figures/report-charts.js';
import type { Report } from '../report.js';
import type { StoryBlock } from '../story-blocks.js';
import {
  decimal,
  differencesOf,
  guaranteeText,
  methodTitles,
  printable,
  quantity,
  shortRadius,
  statusWords,
} from '../story-words.js';
import { figureHtml, paragraph, tableHtml } from './tables.js';

/** A block of the story as a section under its own heading. */
export function sectionHtml(
  id: string,
  { heading, aside }: Pick<StoryBlock, 'heading' | 'aside'>,
  body: readonly string[],
): string {
  return element('section', { 'aria-labelledby': id }, [
    element('h2', { id }, escapeMarkup(heading)),
    aside === '' ? '' : paragraph(aside, 'aside'),
    ...body,
  ]);
}

function blockTable(report: Report, { rows }: StoryBlock): string {
  const { networks, settings } = report;
  const table: FigureTable = {
    caption: `${printable(settings.data)}, ${settings.images} images`,
    columns: ['measure', ...networks.map(({ label }) => printable(label))],
    rows: rows.map(({ label, cells }) => [label, ...cells]),
  };
  return tableHtml(table, true);
}

function grid(figures: readonly string[]): string {
  return figures.length === 0 ? '' : element('div', { class: 'figures' }, figures);
}

function bars(chart: BarChart, note: string): string {
  return figureHtml({ title: chart.title, note, svg: barFigure(chart), tables: [barTable(chart)] });
}

function curves(chart: CurveChart, settings: string, n: number): string {
  const kinds = [...new Set(chart.curves.map(({ arithmetic }) => arithmetic))].join(', ');
  return figureHtml({
    title: chart.title,
    note: `${chart.description}. Guarantee: ${guaranteeWords[chart.guarantee]}; arithmetic: ${kinds}; ${settings}. Band: exact 95 % interval (Clopper-Pearson) at each r for images drawn like these. Radii are limited by n ${n}: with more draws the right end moves out.`,
    svg: curveFigure(chart),
    tables: [curveTable(chart)],
  });
}

export function shippedBody(report: Report, block: StoryBlock): string[] {
  const { networks } = report;
  return [
    blockTable(report, block),
    paragraph(
      networks
        .map(
          ({ label, attack, smoothedAttack }) =>
            `Attack on ${printable(label)}: ${attack}; smoothed: ${smoothedAttack ?? 'none, it has no gradient'}.`,
        )
        .join(' '),
      'settings',
    ),
    grid(
      networks.map((network) =>
        bars(
          overviewChart(network, report),
          `Solid: counted or certified on ${network.images} images. Dashed: no more than this, an attack found the rest.`,
        ),
      ),
    ),
  ];
}

export function failuresBody(report: Report, block: StoryBlock): string[] {
  const failing = report.networks.filter(({ failures }) => failures > 0);
  const diagnosed = failing.filter(({ switchedShare }) => switchedShare.length > 0);
  const segment =
    'Evidence: every switch on the straight line from the image to its adversarial version.';
  return [
    paragraph(
      'Between an image and its adversarial version some neurons switch and most do not. What the network says is the sum over its paths: the fixed ones, on which nothing switched, and the float ones. Either part can lose the label.',
    ),
    blockTable(report, block),
    failing.length === 0
      ? paragraph('The attack found no failure, so there is nothing to explain.')
      : '',
    grid([
      ...(failing.length > 0
        ? [
            bars(
              kindsChart(failing),
              `The label that the fixed paths give alone decides. ${segment}`,
            ),
          ]
        : []),
      ...(diagnosed.length > 0
        ? [
            bars(
              marginChart(diagnosed),
              'Shares of the margin lost from image to adversarial version, summed over the failures. The part that carries more of the loss need not be the part that decides the label.',
            ),
          ]
        : []),
      ...diagnosed.map((network) => {
        const chart = switchedChart(network, report);
        return bars(chart, `${chart.description}. ${segment}`);
      }),
    ]),
  ];
}

export function smoothedBody(report: Report, block: StoryBlock): string[] {
  const { settings } = report;
  const repairs = repairChart(report.networks);
  const note = `Majority label of 200 noisy copies of the same adversarial input, sigma ${quantity(settings.sigma)}, level ${settings.alpha}. An observation on these inputs, not a guarantee.`;
  return [blockTable(report, block), grid(repairs.bars.length > 0 ? [bars(repairs, note)] : [])];
}

export function certifiedBody(report: Report): string[] {
  const { settings, networks } = report;
  const words = `sigma ${quantity(settings.sigma)}, n ${settings.n}, alpha ${settings.alpha}`;
  const draw = (chart: CurveChart): string => curves(chart, words, settings.n);
  const conditional = networks.flatMap(
    (network) => methodCurves(report, network, 'conditional') ?? [],
  );
  const repressed = networks.flatMap((network) => {
    const chart = methodCurves(report, network, 'unconditional');
    const controls = controlCurves(report, network);
    return [chart, controls].flatMap((c) => (c !== undefined && c.curves.length > 1 ? [c] : []));
  });
  const plain = plainCurves(report);
  return [
    tableHtml(methodTable(report, 'unconditional'), true),
    grid(plain.curves.some(({ points }) => points.length > 0) ? [draw(plain)] : []),
    grid(repressed.map(draw)),
    ...(conditional.length === 0
      ? []
      : [
          element('h3', {}, 'Without a certificate'),
          paragraph(
            'These radii are conditional: each holds for the network frozen at one image, which is not what is deployed, and inputs inside the radius can have another label. They are shown because the method is known by them.',
            'warning',
          ),
          tableHtml(methodTable(report, 'conditional'), true),
          grid(conditional.map(draw)),
        ]),
  ];
}

/** Methods of one guarantee: the two kinds never share a table. */
function methodTable(
  { networks, settings }: Report,
  guarantee: 'unconditional' | 'conditional',
): FigureTable {
  const radii = networks[0]?.methods[0]?.radii ?? [];
  const certificate = guarantee === 'unconditional';
  return {
    caption: `${certificate ? 'Certified share of images and average certified radius (ACR)' : 'Share right and mean surrogate radius'}, rounded down; sigma ${quantity(settings.sigma)}, n0 ${settings.n0}, n ${settings.n}, alpha ${settings.alpha}`,
    columns: [
      'network',
      'method',
      'what it holds for',
      'arithmetic',
      ...radii.map((r) => `r\u00a0=\u00a0${shortRadius(r)}`),
      certificate ? 'ACR' : 'mean surrogate radius',
      ...(certificate ? ['at the largest radius', 'differences, paired 95 %'] : []),
    ],
    rows: networks.flatMap(({ label, methods }) =>
      methods
        .filter((method) => method.guarantee === guarantee)
        .map((method) => [
          printable(label),
          `${methodTitles[method.method]} (${method.specification})`,
          guaranteeText(method),
          method.arithmetic,
          ...(method.status === 'done' && method.average !== null
            ? [...method.shares.map((share) => decimal(share, 3)), decimal(method.average, 3)]
            : radii
                .map((_, i) =>
                  i === 0 && method.status !== 'done' ? statusWords[method.status] : '',
                )
                .concat('')),
          ...(certificate
            ? [
                method.ceiling === null ? '' : decimal(method.ceiling, 2),
                differencesOf(method)
                  .map(({ over, text }) => `to ${over}: ${text}`)
                  .join('; '),
              ]
            : []),
        ]),
    ),
  };
}
