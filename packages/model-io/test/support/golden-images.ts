import { readFileSync } from 'node:fs';
import { fromBase64 } from './golden-numpy.js';

const golden = JSON.parse(
  readFileSync(new URL('../golden/image-files.json', import.meta.url), 'utf8'),
) as Readonly<Record<'png' | 'jpeg', Readonly<Record<string, { readonly file: string }>>>>;

/** Files that Pillow wrote; see golden/make-image-files.py. */
export const goldenImages = (kind: 'png' | 'jpeg'): Uint8Array[] =>
  Object.values(golden[kind]).map(({ file }) => fromBase64(file));
