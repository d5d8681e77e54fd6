import type { Exhibit } from '../exhibits/exhibit.js';
import { choiceRule } from '../exhibits/choose.js';
import { element, escapeMarkup, voidElement } from '../figures/markup.js';
import { figureStyle } from '../figures/style.js';
import type { Report } from '../report.js';
import { storyOf } from '../story-blocks.js';
import { printable } from '../story-words.js';
import { exhibitHtml } from './exhibit-html.js';
import { glossaryHtml } from './glossary.js';
import { leadSentence } from './lead.js';
import { pageStyle } from './page-style.js';
import { provenanceHtml } from './provenance.js';
import { certifiedBody, failuresBody, sectionHtml, shippedBody, smoothedBody } from './sections.js';
import { paragraph } from './tables.js';

export interface ReportHtmlOptions {
  /** Names of the classes, by label; the label itself where there is none. */
  readonly classNames?: readonly string[];
}

/** No script, no network, no frame: a report shows what is in it. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * The report as one page of its own, to be read by people: the story's blocks under its headings, with figures, the
 * numbers of each as a table, and the failures in `exhibits` drawn with their fixed and float paths.
 *
 * The page loads nothing and runs nothing. Names are escaped. Equal arguments give equal bytes.
 *
 * @param exhibits - from the audit's `onExhibit`; none for a report without pictures
 */
export function reportHtml(
  report: Report,
  exhibits: readonly Exhibit[],
  options: ReportHtmlOptions = {},
): string {
  const story = storyOf(report);
  const className = (label: number): string =>
    printable(options.classNames?.[label] ?? String(label));
  const head = [
    voidElement('meta', { charset: 'utf-8' }),
    voidElement('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
    voidElement('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    voidElement('meta', { name: 'color-scheme', content: 'light dark' }),
    voidElement('meta', { name: 'referrer', content: 'no-referrer' }),
    element('title', {}, escapeMarkup(`floatpath report: ${printable(report.settings.data)}`)),
    element('style', {}, figureStyle + pageStyle),
  ];
  const names = report.networks.map(({ label }) => printable(label)).join(' and ');
  const body = [
    element('header', {}, [
      paragraph('floatpath robustness report', 'kicker'),
      element('h1', {}, escapeMarkup(`How robust is ${names}?`)),
      paragraph(story.title, 'kicker'),
      report.complete
        ? ''
        : paragraph(
            `INCOMPLETE: the audit was interrupted. Only its ${report.rows.length} finished rows are in this report, and every share is of those.`,
            'warning',
          ),
      navigation,
    ]),
    element('main', {}, [
      element('section', { class: 'lead', 'aria-labelledby': 'short' }, [
        element('h2', { id: 'short' }, 'IN SHORT'),
        ...story.short.slice(0, 1).map((sentence) => paragraph(sentence)),
        ...report.networks.map((network) => paragraph(leadSentence(network, report.settings))),
        ...story.short.slice(1).map((sentence) => paragraph(sentence)),
      ]),
      sectionHtml('shipped', story.shipped, [
        paragraph(`Artefact check: ${story.artefact}.`, 'settings'),
        ...shippedBody(report, story.shipped),
      ]),
      sectionHtml('failures', story.failures, [
        ...failuresBody(report, story.failures),
        ...exhibitsBody(report, exhibits, className),
      ]),
      sectionHtml('smoothed', story.smoothed, smoothedBody(report, story.smoothed)),
      sectionHtml('certified', story.certified, certifiedBody(report)),
      provenanceHtml(report),
      glossaryHtml(),
    ]),
    element('footer', {}, [
      paragraph(
        'Made by floatpath. The same numbers, row by row, are in report.json and rows.tsv beside this file.',
      ),
    ]),
  ];
  return `<!doctype html>\n${element('html', { lang: 'en' }, [
    element('head', {}, head),
    '\n',
    element('body', {}, body),
  ])}\n`;
}

const navigation = element(
  'nav',
  { 'aria-label': 'Sections' },
  element(
    'ul',
    {},
    [
      ['shipped', 'As shipped'],
      ['failures', 'Why it fails'],
      ['smoothed', 'Smoothed'],
      ['certified', 'Certified'],
      ['settings', 'Settings'],
      ['words', 'Words'],
    ].map(([id = '', text = '']) => element('li', {}, element('a', { href: `#${id}` }, text))),
  ),
);

function exhibitsBody(
  { networks, settings }: Report,
  exhibits: readonly Exhibit[],
  className: (label: number) => string,
): string[] {
  if (exhibits.length === 0) {
    const failures = networks.some((network) => network.failures > 0);
    return failures
      ? [
          paragraph(
            'This report was made without pictures of the failures; they are rows of rows.tsv.',
            'note',
          ),
        ]
      : [];
  }
  return networks.flatMap(({ id, label }) => {
    const own = exhibits.filter(({ network }) => network === id);
    if (own.length === 0) return [];
    return [
      element('h3', {}, escapeMarkup(`${printable(label)}: failures, path by path`)),
      paragraph(`Shown: ${choiceRule}.`, 'note'),
      ...own.map((exhibit) => exhibitHtml(exhibit, settings, className)),
    ];
  });
}
