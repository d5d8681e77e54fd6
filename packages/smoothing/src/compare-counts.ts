import { FloatpathError } from '@floatpath/core';
import { compareCertified, type CompareOptions, type Comparison } from './compare.js';
import type { CertifiedRow } from './certified-accuracy.js';
import { certificatesOf } from './counts-file/certificates.js';
import type { Counts } from './counts-file/counts-file.js';
import { requireSameHeader } from './counts-file/header.js';

function rowsByImage(counts: Counts, size: number | undefined): Map<number, CertifiedRow> {
  const { images } = certificatesOf(counts, size === undefined ? {} : { size });
  return new Map(
    images.flatMap(({ image, label, certificate }) =>
      label === null ? [] : [[image, { label, certificate }] as const],
    ),
  );
}

/**
 * Compares two counts files image by image. They must differ in what was counted only: the same images, noise, seed (the
 * same draws) and plan, so that the difference is one of the classifiers. Images that one of them lacks are an error.
 *
 * @param size - values per input; needed for linf
 * @throws {FloatpathError} `invalid-data` for files that differ in more, naming the field or the images
 */
export function compareCounts(
  first: Counts,
  second: Counts,
  options: CompareOptions & { readonly size?: number },
): Comparison {
  const { version, engine, model, method } = first.header;
  // A conditional radius and a certificate are different things, so `guarantee` must agree as well.
  const comparable = { ...second.header, version, engine, model, method };
  const hint = 'only classifiers counted on the same draws under the same plan can be compared';
  requireSameHeader('compareCounts', first.header, comparable, hint);
  const [a, b] = [rowsByImage(first, options.size), rowsByImage(second, options.size)];
  const lone = [...a.keys()].filter((image) => !b.has(image));
  const other = [...b.keys()].filter((image) => !a.has(image));
  if (lone.length + other.length > 0) {
    throw new FloatpathError(
      'invalid-data',
      `compareCounts: expected the same labelled images in both files, got ${lone.length} in the first only and ${other.length} in the second only, such as image ${String(lone[0] ?? other[0])}`,
    );
  }
  const images = [...a.keys()].sort((i, j) => i - j);
  const rows = (of: Map<number, CertifiedRow>): CertifiedRow[] =>
    images.map((image) => of.get(image) as CertifiedRow);
  return compareCertified(rows(a), rows(b), options);
}
