import { kinkChart, ledgerChart, TOP_ROWS } from '../figures/account-charts.js';
import { amount } from '../figures/flow-chart.js';
import { kinkFigure, kinkTable } from '../figures/kink-figure.js';
import { ledgerFigure, ledgerTable } from '../figures/ledger-figure.js';
import { element, escapeMarkup, voidElement } from '../figures/markup.js';
import { isPicture, pictureOf } from '../figures/pictures.js';
import { pictureAddress, type Picture } from '../figures/png.js';
import { largestPixel, signedPicture } from '../figures/signed-picture.js';
import { figureHtml, paragraph } from '../html/tables.js';
import { plural, printable } from '../story-words.js';
import type { ExplainExhibit } from './explain-exhibit.js';
import type { ExplainedFailure } from './explanation.js';

const kindWords = {
  float: { tag: 'float', word: 'float neuron vulnerability' },
  lipschitz: { tag: 'fixed', word: 'Lipschitz vulnerability' },
  'fixed-already-wrong': { tag: 'other', word: 'fixed paths already wrong' },
} as const;

/** One failure: pictures with what the pixels bring, its ledger, the margin's path, and the neurons that flip it back. */
export function explainedFailureHtml(exhibit: ExplainExhibit): string {
  const { row, kinks, unitNames } = exhibit;
  const failure = row.failure as ExplainedFailure;
  const title = `Image ${row.image}: ${row.label} taken for ${row.adversarial?.predicted ?? failure.rival}`;
  const ledger = ledgerChart(failure.ledger, title);
  const nameOf = (unit: number): string => unitNames.get(unit) ?? String(unit);
  const path = kinks && kinkChart(kinks, failure.margin, nameOf, title, TOP_ROWS);
  const { tag, word } = failure.kind
    ? kindWords[failure.kind]
    : { tag: 'other', word: 'a tie within rounding on the engine' };
  return element('article', { class: 'exhibit' }, [
    element('h3', {}, escapeMarkup(title)),
    element('p', {}, [
      element('span', { class: `tag ${tag}` }, word),
      ` ${escapeMarkup(flipWords(failure))}`,
    ]),
    element('div', { class: 'exhibit-body' }, [
      element('div', {}, [
        isPicture(exhibit.shape)
          ? picturesHtml(exhibit, title)
          : paragraph('Inputs of this shape are not shown as pictures.', 'note'),
        path === undefined
          ? ''
          : figureHtml({
              title: 'The margin on the way',
              note: `${plural(path.rows.length, 'kink')} between the image and its adversarial version${path.rows.length > TOP_ROWS ? `; marked are the ${TOP_ROWS} that bend it most` : ''}`,
              svg: kinkFigure(path),
              tables: [kinkTable(path)],
            }),
      ]),
      element('div', {}, [
        figureHtml({
          title: 'Margin ledger',
          note: `lost ${amount(failure.ledger.drop)} from ${amount(failure.margin.clean)} to ${amount(failure.margin.adversarial)}; rows add up within ${Math.ceil(failure.ledger.ulps)} ulps`,
          svg: ledgerFigure(ledger),
          tables: [ledgerTable(ledger)],
        }),
      ]),
    ]),
  ]);
}

function flipWords({ flipBack }: ExplainedFailure): string {
  const { kind, units, minimum, candidates } = flipBack;
  if (kind === 'none')
    return `No set of its ${candidates} float neurons flips it back, by enumeration.`;
  if (kind === 'none-found-from-all') {
    return `Restoring all ${candidates} float neurons does not flip it back.`;
  }
  const names = units ?? [];
  const listed = names.slice(0, 24).map(printable).join(', ');
  const more = names.length > 24 ? ` and ${names.length - 24} more` : '';
  const what =
    minimum === 'proved'
      ? 'No smaller set does.'
      : 'Without any single one of them it stays wrong; smaller sets may exist.';
  return `Restoring ${plural(names.length, 'neuron')} of ${candidates} flips it back: ${listed}${more}. ${what}`;
}

function picturesHtml(exhibit: ExplainExhibit, title: string): string {
  const { shape, bounds, attribution } = exhibit;
  const { fixed, float, constants } = attribution;
  const most = largestPixel(shape, [fixed, float]);
  const total = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0);
  const one = (picture: Picture, name: string, note: string): string =>
    element('figure', {}, [
      voidElement('img', {
        src: pictureAddress(picture),
        alt: `${title}: ${name}`,
        width: 96,
        height: 96,
      }),
      element('figcaption', {}, [
        element('strong', {}, name),
        element('span', {}, escapeMarkup(note)),
      ]),
    ]);
  const sums = (values: Float64Array, constant: number): string =>
    `pixels ${amount(total(values))}, constants ${amount(constant)}`;
  return element('div', {}, [
    element('div', { class: 'pictures four' }, [
      one(pictureOf({ shape, bounds, values: exhibit.clean }), 'as it is', ''),
      one(pictureOf({ shape, bounds, values: exhibit.adversarial }), 'adversarial', ''),
      one(signedPicture(shape, fixed, most), 'fixed paths', sums(fixed, constants.fixed)),
      one(signedPicture(shape, float, most), 'float paths', sums(float, constants.float)),
    ]),
    paragraph(
      `In color: what each pixel of the adversarial version brings to the margin, gradient x input: blue for the label, vermilion for the rival, full color at ${amount(most)}. All four sums are the margin.`,
      'note',
    ),
  ]);
}
