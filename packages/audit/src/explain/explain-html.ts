import { roundDown, roundUp } from '@floatpath/statistics';
import { barFigure, barTable, type BarChart } from '../figures/bars.js';
import { amount } from '../figures/flow-chart.js';
import { element, escapeMarkup, voidElement } from '../figures/markup.js';
import { figureStyle } from '../figures/style.js';
import { pageStyle } from '../html/page-style.js';
import { figureHtml, paragraph, tableHtml } from '../html/tables.js';
import { printable, quantity } from '../story-words.js';
import { explainedFailureHtml } from './explained-failure-html.js';
import type { ExplainExhibit } from './explain-exhibit.js';
import { evidenceWords, explanationLines, floatWord, meanText } from './explain-lines.js';
import type { Explanation, ExplanationSummary } from './explanation.js';

/** No script, no network, no frame: a page shows what is in it. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * The explanation as one page of its own: the counts with exact intervals, who lost the margin, and the worst failures with their
 * ledgers, the margin's path, and what the pixels bring along fixed and float paths.
 *
 * The page loads nothing and runs nothing. Names are escaped. Equal arguments give equal bytes.
 */
export function explanationHtml(
  explanation: Explanation,
  exhibits: readonly ExplainExhibit[],
): string {
  const { settings, summary, rows } = explanation;
  const name = printable(settings.model);
  const head = [
    voidElement('meta', { charset: 'utf-8' }),
    voidElement('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
    voidElement('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    voidElement('meta', { name: 'color-scheme', content: 'light dark' }),
    voidElement('meta', { name: 'referrer', content: 'no-referrer' }),
    element('title', {}, escapeMarkup(`floatpath explanation: ${name}`)),
    element('style', {}, figureStyle + pageStyle),
  ];
  const body = [
    element('header', {}, [
      paragraph('floatpath explanation', 'kicker'),
      element('h1', {}, escapeMarkup(`Why does ${name} fail?`)),
      paragraph(`${printable(settings.data)}, ${rows.length} images`, 'kicker'),
      explanation.complete
        ? ''
        : paragraph('INCOMPLETE: the run was interrupted; only finished images are in.', 'warning'),
    ]),
    element('main', {}, [
      section('why', 'WHY', [
        paragraph(
          'Output = fixed paths (through neurons that keep their selection) + float paths (through at least one that does not). A failure is float neuron vulnerability if the fixed paths alone keep the label.',
        ),
        ...(summary.failures === 0
          ? [paragraph('There is no failure to explain.')]
          : [
              element('div', { class: 'figures' }, [
                chartHtml(kindsChart(summary), 'Count, and the exact 95 % interval of its share'),
                chartHtml(
                  lossChart(summary, settings),
                  `Mean per failure in logits${summary.drop?.low === null ? ', too few for an interval' : ', 95 % bootstrap interval'}`,
                ),
                chartHtml(
                  restoreChart(summary),
                  'Outputs of float neurons recomputed with the maps selected at the image',
                ),
              ]),
            ]),
      ]),
      exhibits.length === 0
        ? ''
        : section('failures', 'THE WORST FAILURES', [
            paragraph(
              `Shown: the ${exhibits.length} whose margin ended lowest. Every row of every ledger is in ledger.tsv.`,
              'note',
            ),
            ...exhibits.map(explainedFailureHtml),
          ]),
      section('settings', 'SETTINGS', [settingsTable(explanation)]),
      section('text', 'AS TEXT', [
        element(
          'pre',
          { class: 'scroll', tabindex: 0 },
          escapeLines(explanationLines(explanation)),
        ),
      ]),
    ]),
    element('footer', {}, [
      paragraph(
        'Made by floatpath. The same numbers are in explain.json, rows.tsv and ledger.tsv beside this file.',
      ),
    ]),
  ];
  return `<!doctype html>\n${element('html', { lang: 'en' }, [
    element('head', {}, head),
    '\n',
    element('body', {}, body),
  ])}\n`;
}

const escapeLines = (lines: readonly string[]): string => lines.map(escapeMarkup).join('\n');

const section = (id: string, title: string, children: readonly string[]): string =>
  element('section', { 'aria-labelledby': id }, [element('h2', { id }, title), ...children]);

const chartHtml = (chart: BarChart, note: string): string =>
  figureHtml({ title: chart.title, note, svg: barFigure(chart), tables: [barTable(chart)] });

function kindsChart({ kinds, failures }: ExplanationSummary): BarChart {
  const bar = (label: string, tone: 'float' | 'fixed' | 'other', of: typeof kinds.float) => ({
    label,
    parts: [
      {
        name: label,
        tone,
        value: of.count,
        text: `${of.count} of ${of.of} [${roundDown(of.low, 2)}, ${roundUp(of.high, 2)}]`,
      },
    ],
  });
  return {
    title: 'Failures by kind',
    description: `of ${failures} failures`,
    most: failures,
    unit: 'failures',
    bars: [
      bar('float neuron', 'float', kinds.float),
      bar('Lipschitz', 'fixed', kinds.lipschitz),
      bar('fixed paths already wrong', 'other', kinds.fixedAlreadyWrong),
    ],
  };
}

function lossChart(
  { fixed, gates, drop }: ExplanationSummary,
  settings: Explanation['settings'],
): BarChart {
  const parts = [
    { name: 'fixed paths', tone: 'fixed' as const, interval: fixed },
    ...gates.map(({ gate, float, units, share }) => ({
      name: `${printable(gate)}: ${amount(float)} of ${units} ${floatWord(settings)}`,
      tone: 'float' as const,
      interval: share,
    })),
  ];
  return {
    title: 'Who lost the margin',
    description: `lost in all ${amount(drop?.mean ?? 0)} logits per failure`,
    most: Math.max(...parts.map(({ interval }) => Math.abs(interval?.mean ?? 0))),
    unit: 'logits',
    bars: parts.map(({ name, tone, interval }) => {
      const mean = interval?.mean ?? 0;
      const text = meanText(interval, ' ');
      const label = mean < 0 ? `${name}, regained` : name;
      return {
        label,
        parts: [{ name: label, tone: mean < 0 ? 'bound' : tone, value: Math.abs(mean), text }],
      };
    }),
  };
}

function restoreChart({ flipBack, failures }: ExplanationSummary): BarChart {
  const bar = (label: string, tone: 'good' | 'rest', value: number) => ({
    label,
    parts: [{ name: label, tone, value, text: `${value} of ${failures}` }],
  });
  return {
    title: 'Restoring float neurons',
    description:
      flipBack.sizes === null
        ? 'no failure is flipped back'
        : `sets of ${flipBack.sizes.least} to ${flipBack.sizes.most} neurons, median ${flipBack.sizes.median}`,
    most: failures,
    unit: 'failures',
    bars: [
      bar('flipped back by a 1-minimal set', 'good', flipBack.found.count),
      bar('restoring all of them does not', 'rest', flipBack.noneFoundFromAll),
      bar('no set of them does, by enumeration', 'rest', flipBack.none),
    ],
  };
}

function settingsTable({ settings, tool, summary }: Explanation): string {
  const { norm, epsilon, bounds, mean, std, layout } = settings;
  const rows: [string, string][] = [
    ['data', `${printable(settings.data)} (${settings.images} images)`],
    ['sha256 of file and preprocessing', settings.hash],
    [
      'preprocessing, part of the network',
      [
        `inputs in [${bounds.join(', ')}]`,
        ...(mean ? [`mean ${mean.join(', ')}`] : []),
        ...(std ? [`std ${std.join(', ')}`] : []),
        layout,
      ].join('; '),
    ],
    ['radius', norm === null || epsilon === null ? 'none' : `${norm} <= ${quantity(epsilon)}`],
    ['adversarial versions', printable(settings.adversarial)],
    ['neighborhood', `${settings.neighborhood}, fixed units ${evidenceWords(settings)}`],
    ['largest residual of a ledger', `${Math.ceil(summary.largestUlps.ledger)} ulps`],
    ['seed', String(settings.seed)],
    ['engine of the split', printable(settings.engine)],
    ['ledgers and kinks', 'float64 reference'],
    ['tool', `floatpath ${printable(tool.version)}`],
  ];
  const caption = 'Every number above was made with these';
  return tableHtml({ caption, columns: ['setting', 'value'], rows }, true);
}
