import { cellsOf } from '../exhibits/cells.js';
import type { Exhibit } from '../exhibits/exhibit.js';
import { kinkChart, ledgerChart, TOP_ROWS } from '../figures/account-charts.js';
import { barFigure, barTable } from '../figures/bars.js';
import { amount, cellTable, flowChartOf, flowTable } from '../figures/flow-chart.js';
import { flowFigure } from '../figures/flow-figure.js';
import { kinkFigure, kinkTable } from '../figures/kink-figure.js';
import { ledgerFigure, ledgerTable } from '../figures/ledger-figure.js';
import { element, escapeMarkup, voidElement } from '../figures/markup.js';
import {
  differenceFactor,
  differencePicture,
  isPicture,
  pictureOf,
  shrinkOf,
} from '../figures/pictures.js';
import { pictureAddress } from '../figures/png.js';
import { exhibitMarginChart } from '../figures/report-charts.js';
import { MOST_FLOWS } from '../exhibits/largest-flows.js';
import type { ReportSettings } from '../report.js';
import { plural, quantity } from '../story-words.js';
import { figureHtml, paragraph } from './tables.js';

const kinds = {
  lipschitz: { tag: 'fixed', word: 'Lipschitz vulnerability' },
  float: { tag: 'float', word: 'float neuron vulnerability' },
  'fixed-already-wrong': { tag: 'other', word: 'fixed paths already wrong' },
} as const;

/** One failure: the pictures, who lost the margin, and the network with the paths that did. */
export function exhibitHtml(
  exhibit: Exhibit,
  settings: ReportSettings,
  className: (label: number) => string,
): string {
  const { image, label, predicted, diagnosis, gates } = exhibit;
  const { tag, word } = kinds[diagnosis.kind];
  const title = `Image ${image}: ${className(label)} taken for ${className(predicted)}`;
  const margin = exhibitMarginChart(exhibit);
  const flows = flowChartOf(exhibit, title, className);
  const pictures = isPicture(exhibit.shape) ? picturesOf(exhibit, title, settings) : undefined;
  const drawing = figureHtml({
    title: 'The paths that lost it',
    note: `${cellWords(gates)} Lines: margin lost between neighboring gates, the ${MOST_FLOWS} largest flows of each kind into the ${MOST_FLOWS} cells that carry most; a float path is drawn from the last neuron on it that switched.`,
    svg: element(
      'div',
      gates.length > 4
        ? {
            class: 'path-drawing long',
            role: 'group',
            tabindex: 0,
            'aria-label': `${title}, drawing`,
          }
        : { class: 'path-drawing' },
      flowFigure(flows, pictures?.difference),
    ),
    tables: [cellTable(flows), flowTable(flows)],
    wide: true,
  });
  return element('article', { class: 'exhibit' }, [
    element('h4', {}, escapeMarkup(title)),
    element('p', {}, [
      element('span', { class: `tag ${tag}` }, word),
      ` ${escapeMarkup(verdict(exhibit, className))}`,
    ]),
    element('div', { class: 'exhibit-body' }, [
      element('div', {}, [
        pictures?.html ?? paragraph('Inputs of this shape are not shown as pictures.', 'note'),
        figureHtml({
          title: 'Who lost the margin',
          note: `logit of ${className(label)} minus logit of ${className(diagnosis.rival)}: from ${amount(diagnosis.marginClean)} to ${amount(diagnosis.marginAdversarial)}`,
          svg: barFigure(margin),
          tables: [barTable(margin)],
        }),
      ]),
      element('div', {}, drawing),
      ledgerHtml(exhibit, title),
      kinksHtml(exhibit, title),
    ]),
  ]);
}

/** The margin neuron by neuron. */
function ledgerHtml({ ledger, diagnosis }: Exhibit, title: string): string {
  const chart = ledgerChart(ledger, title);
  const { marginClean, marginAdversarial } = diagnosis;
  return figureHtml({
    title: 'Margin ledger',
    note: `lost ${amount(ledger.drop)} from ${amount(marginClean)} to ${amount(marginAdversarial)}, neuron by neuron; rows add up within ${Math.ceil(ledger.ulps)} ulps`,
    svg: ledgerFigure(chart),
    tables: [ledgerTable(chart)],
  });
}

/** The margin on the segment. */
function kinksHtml({ kinks, unitNames, diagnosis }: Exhibit, title: string): string {
  const margin = { clean: diagnosis.marginClean, adversarial: diagnosis.marginAdversarial };
  const nameOf = (unit: number): string => unitNames.get(unit) ?? String(unit);
  const chart = kinkChart(kinks, margin, nameOf, title, TOP_ROWS);
  const { length } = chart.rows;
  return figureHtml({
    title: 'The margin on the way',
    note: `${plural(length, 'kink')} between the image and its adversarial version${length > TOP_ROWS ? `; the ${TOP_ROWS} that bend it most are marked` : ''}`,
    svg: kinkFigure(chart),
    tables: [kinkTable(chart)],
    wide: true,
  });
}

/** What a mark of the drawing stands for. */
function cellWords(gates: Exhibit['gates']): string {
  const sentences = gates.map(({ rowShape }) => {
    const { of, channels } = cellsOf(rowShape);
    if (of === 'channel') {
      const what = channels === 1 ? 'a channel' : `${channels} neighboring channels`;
      return `A square is ${what}, filled from below by the share of neurons that switched.`;
    }
    return channels === 1
      ? 'A dot is a neuron, filled if it switched.'
      : `A dot is ${channels} neighboring neurons, filled if one of them switched.`;
  });
  return [...new Set(sentences)].join(' ');
}

function verdict({ label, diagnosis }: Exhibit, className: (label: number) => string): string {
  const { kind, switched, units, crossings } = diagnosis;
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const count = `${sum(switched)} of ${sum(units)} neurons switched on the way, ${crossings} switches in all`;
  const what = {
    lipschitz: `The paths on which nothing switched lose the label ${className(label)} by themselves.`,
    float: `The paths on which nothing switched still say ${className(label)} here: those through neurons that switched decide it.`,
    'fixed-already-wrong': `The paths on which nothing switched did not say ${className(label)} at the image as it is either.`,
  }[kind];
  return `${what} ${count}.`;
}

interface Pictures {
  readonly html: string;
  readonly difference: string;
}

function picturesOf(exhibit: Exhibit, title: string, settings: ReportSettings): Pictures {
  const { shape, bounds } = exhibit;
  const clean = { shape, bounds, values: exhibit.clean };
  const adversarial = { shape, bounds, values: exhibit.adversarial };
  const factor = differenceFactor(clean, adversarial);
  const shrink = shrinkOf(shape);
  const difference = pictureAddress(differencePicture(clean, adversarial, factor));
  const size = shrink === 1 ? '' : `, shown at 1/${shrink} of its size`;
  const one = (src: string, name: string, note: string): string =>
    element('figure', {}, [
      voidElement('img', { src, alt: `${title}: ${name}`, width: 96, height: 96 }),
      element('figcaption', {}, [
        element('strong', {}, name),
        element('span', {}, escapeMarkup(note)),
      ]),
    ]);
  return {
    difference,
    html: element('div', { class: 'pictures' }, [
      one(pictureAddress(pictureOf(clean)), 'as it is', `in [${bounds.join(', ')}]${size}`),
      one(
        pictureAddress(pictureOf(adversarial)),
        'adversarial',
        `${settings.norm} <= ${quantity(settings.epsilon)}`,
      ),
      one(difference, 'difference', `x ${factor}; middle gray is no change`),
    ]),
  };
}
