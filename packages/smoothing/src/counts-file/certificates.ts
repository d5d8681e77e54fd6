import { FloatpathError } from '@floatpath/core';
import { randomizationOf } from '../bounds/stevens.js';
import type { Certificate } from '../certificate.js';
import { exactCertificateOf } from '../certify-splitting.js';
import { linfThroughL2 } from '../noise/linf-through-l2.js';
import { noiseOf } from '../noise/noise-of.js';
import type { Noise } from '../noise/noise.js';
import { splitting, type Splitting } from '../noise/splitting.js';
import { plannedCertificate } from '../planned-certificate.js';
import type { Plan } from '../plan.js';
import type { CountsHeader } from './header.js';
import type { CountsRow } from './row.js';
import type { Counts } from './counts-file.js';

/** What is certified at one image of a counts file. */
export interface CountedImage {
  readonly image: number;
  readonly label: number | null;
  readonly certificate: Certificate;
  /** Estimation draws. */
  readonly n: number;
}

export interface CountedImages {
  readonly images: readonly CountedImage[];
  /** Images of which a sample, or part of one, is missing. */
  readonly incomplete: readonly number[];
}

export interface CertificatesOptions {
  /** Another plan than the one in the head: what the same draws would have been worth. Only for a look back. */
  readonly plan?: Plan;
  /** Values per input; needed for linf. */
  readonly size?: number;
}

/** The splitting noise of a counts file, its cells fixed by the seed. */
export function splittingOf({ noise, preprocessing, seed }: CountsHeader): Splitting {
  const { bounds } = preprocessing;
  return splitting({ halfWidth: noise.sigma * Math.sqrt(3), bounds, seed });
}

/** The noise of a counts file, in its norm. */
export function noiseOfHeader(header: CountsHeader, size: number | undefined): Noise {
  const { noise, norm, preprocessing } = header;
  if (noise.kind === 'splitting') {
    throw new FloatpathError(
      'invalid-argument',
      'noiseOfHeader: expected random noise, got splitting; use splittingOf',
    );
  }
  const made = noiseOf(noise, preprocessing.bounds);
  return norm === 'linf' ? linfThroughL2(made, size ?? NaN) : made;
}

interface Samples {
  selection?: CountsRow;
  estimation?: CountsRow;
}

function samplesByImage(rows: readonly CountsRow[]): Map<number, Samples> {
  const images = new Map<number, Samples>();
  for (const row of rows) {
    const samples = images.get(row.image) ?? {};
    if (row.from === 0) samples[row.purpose] = row;
    images.set(row.image, samples);
  }
  return images;
}

/** Splitting has neither draws nor alpha, so nothing of its certificate is a bound. */
function exactAsCertificate(noise: Splitting, row: CountsRow): Certificate {
  const counts = Uint32Array.from(row.counts);
  const exact = exactCertificateOf(noise, counts, row.offGrid);
  return { ...exact, pLower: (counts[exact.label] ?? 0) / noise.draws };
}

function certifier(
  header: CountsHeader,
  { plan = header.plan ?? undefined, size }: CertificatesOptions,
): (samples: Samples) => Certificate | undefined {
  if (plan === undefined) {
    const noise = splittingOf(header);
    return ({ estimation }) =>
      estimation?.n === noise.draws ? exactAsCertificate(noise, estimation) : undefined;
  }
  const noise = noiseOfHeader(header, size);
  return ({ selection, estimation }) => {
    if (estimation === undefined || (selection?.n ?? 0) < plan.n0) return undefined;
    if (plan.stopping.kind === 'fixed' && estimation.n < plan.n) return undefined;
    const { image, n, offGrid } = estimation;
    return plannedCertificate(plan, noise, {
      selection: Uint32Array.from((selection ?? estimation).counts),
      estimation: Uint32Array.from(estimation.counts),
      n,
      offGrid,
      u: randomizationOf({ seed: header.seed, image }),
    });
  };
}

/**
 * The certificate of every image of a counts file: a function of the counts and of what the head promised.
 *
 * @throws {FloatpathError} `invalid-argument` for counts that the plan cannot have given, or linf without a size
 */
export function certificatesOf(
  { header, rows }: Counts,
  options: CertificatesOptions = {},
): CountedImages {
  const certify = certifier(header, options);
  const images: CountedImage[] = [];
  const incomplete: number[] = [];
  for (const [image, samples] of samplesByImage(rows)) {
    const certificate = certify(samples);
    if (certificate === undefined || samples.estimation === undefined) incomplete.push(image);
    else {
      const { label, n } = samples.estimation;
      images.push({ image, label, certificate, n });
    }
  }
  return { images, incomplete };
}
