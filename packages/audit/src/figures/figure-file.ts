import { element } from './markup.js';
import { figureColors, figureShapes } from './style.js';

/** A figure as an SVG file of its own: colors of the light page, on white paper. */
export function figureFile(svg: string): string {
  const style = element('style', {}, `.fp-figure{${figureColors.light}}${figureShapes}`);
  const paper = element('rect', { width: '100%', height: '100%', fill: '#fff' });
  return `${svg.replace(/^(<svg[^>]*>)/, `$1${style}${paper}`)}\n`;
}
