import type { FigureTable } from '../figures/figure.js';
import { element, escapeMarkup } from '../figures/markup.js';

/** A table in a box of its own that scrolls, by keyboard too, where it does not fit. */
export function tableHtml({ caption, columns, rows }: FigureTable, open = false): string {
  const head = columns.map((column) => element('th', { scope: 'col' }, escapeMarkup(column)));
  const body = rows.map(([first = '', ...cells]) =>
    element('tr', {}, [
      element('th', { scope: 'row' }, escapeMarkup(first)),
      ...cells.map((cell) => element('td', {}, escapeMarkup(cell))),
    ]),
  );
  const table = element('table', {}, [
    element('caption', {}, escapeMarkup(caption)),
    element('thead', {}, element('tr', {}, head)),
    element('tbody', {}, body),
  ]);
  return element(
    'div',
    { class: open ? 'scroll open' : 'scroll', role: 'group', tabindex: 0, 'aria-label': caption },
    table,
  );
}

/** A figure under its words, over its numbers. */
export function figureHtml({
  title,
  note,
  svg,
  tables,
  wide = false,
}: {
  readonly title: string;
  readonly note: string;
  readonly svg: string;
  readonly tables: readonly FigureTable[];
  readonly wide?: boolean;
}): string {
  return element('figure', { class: wide ? 'wide' : undefined }, [
    element('figcaption', {}, [
      element('strong', {}, escapeMarkup(title)),
      element('span', {}, escapeMarkup(note)),
    ]),
    svg,
    element('details', {}, [
      element('summary', {}, 'The numbers as a table'),
      ...tables.map((table) => tableHtml(table)),
    ]),
  ]);
}

export function paragraph(text: string, className?: string): string {
  return element('p', { class: className }, escapeMarkup(text));
}
