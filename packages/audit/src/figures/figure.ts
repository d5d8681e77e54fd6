import { element, textNode } from './markup.js';

/** Width of every figure in its own units: a phone's, so that text keeps its size there. */
export const FIGURE_WIDTH = 360;

/** The numbers of a figure, as rows of text under column headings. */
export interface FigureTable {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** An SVG of its own size that scales with its box; read out as one picture with a title and a description. */
export function figureSvg(
  {
    title,
    description,
    width = FIGURE_WIDTH,
    height,
  }: {
    readonly title: string;
    readonly description: string;
    readonly width?: number;
    readonly height: number;
  },
  children: readonly string[],
): string {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'fp-figure',
      viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
      width: Math.ceil(width),
      role: 'img',
      'aria-label': `${title}. ${description}`,
    },
    children,
  );
}

/** A mark that tells its numbers when pointed at. */
export function marked(
  tag: string,
  attributes: Parameters<typeof element>[1],
  title: string,
): string {
  return element(tag, attributes, element('title', {}, textNode(title)));
}

export function textAt(
  x: number,
  y: number,
  text: string,
  options: { readonly anchor?: 'start' | 'middle' | 'end'; readonly class?: string } = {},
): string {
  return element(
    'text',
    {
      x,
      y,
      class: options.class,
      'text-anchor': options.anchor === 'start' ? undefined : options.anchor,
    },
    textNode(text),
  );
}
