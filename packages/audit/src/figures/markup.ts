import { printable } from '../story-words.js';

/** Text or attribute value in HTML and SVG: no character of a name can leave its place or turn the text around. */
export function escapeMarkup(text: string): string {
  return printable(text).replace(/[&<>"'`]/g, (c) => `&#${c.charCodeAt(0)};`);
}

export type AttributeValue = string | number | undefined;

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** An element; attribute values are escaped, children are markup. */
export function element(
  tag: string,
  attributes: Attributes,
  children: readonly string[] | string = '',
): string {
  const inside = typeof children === 'string' ? children : children.join('');
  return `${voidElement(tag, attributes)}${inside}</${tag}>`;
}

/** An element that has no end tag. */
export function voidElement(tag: string, attributes: Attributes): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeMarkup(attributeText(value as string | number))}"`)
    .join('');
  return `<${tag}${written}>`;
}

/** A text child. */
export function textNode(text: string): string {
  return escapeMarkup(text);
}

/** Drawing coordinates keep a tenth of a unit. */
function attributeText(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 10) / 10) : value;
}

/** `text` shortened to what fits in `width` units at `size`; the whole text is for a title or table. */
export function fitText(text: string, width: number, size = 12): string {
  const most = Math.max(2, Math.floor(width / (size * 0.56)));
  return [...text].length <= most ? text : `${[...text].slice(0, most - 1).join('')}\u2026`;
}
