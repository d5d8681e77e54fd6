import { argumentError } from './arguments.js';

/** Where labelled images come from, as the person wrote it. */
export type DataSpec =
  | { readonly kind: 'mnist'; readonly part: MnistPart }
  | { readonly kind: 'idx'; readonly images: string; readonly labels: string }
  | { readonly kind: 'cifar10' | 'cifar100' | 'cifar100-coarse'; readonly file: string }
  | { readonly kind: 'npz'; readonly file: string }
  | { readonly kind: 'dir'; readonly folder: string };

export const mnistParts = ['test', 'train', 'sample'] as const;
export type MnistPart = (typeof mnistParts)[number];

const EXPECTED =
  'mnist:test, mnist:train, mnist:sample, idx:IMAGES,LABELS, cifar10:FILE, cifar100:FILE, cifar100-coarse:FILE, npz:FILE or dir:FOLDER';

/** @throws {FloatpathError} `invalid-argument` naming `--data` and the forms it takes */
export function parseDataSpec(text: string): DataSpec {
  const colon = text.indexOf(':');
  const kind = text.slice(0, Math.max(0, colon));
  const rest = text.slice(colon + 1);
  const fail = (): never => {
    throw argumentError('--data', EXPECTED, text);
  };
  if (rest === '') return fail();
  switch (kind) {
    case 'mnist': {
      const part = mnistParts.find((candidate) => candidate === rest);
      return part === undefined ? fail() : { kind, part };
    }
    case 'idx': {
      const [images = '', labels = '', ...more] = rest.split(',');
      return images === '' || labels === '' || more.length > 0 ? fail() : { kind, images, labels };
    }
    case 'cifar10':
    case 'cifar100':
    case 'cifar100-coarse':
    case 'npz':
      return { kind, file: rest };
    case 'dir':
      return { kind, folder: rest };
    default:
      return fail();
  }
}

/** Which images of the data set are used: `limit` of them, beginning after `skip`, one in `every`. */
export interface Selection {
  readonly limit: number;
  readonly skip: number;
  readonly every: number;
}

/** @throws {FloatpathError} `invalid-argument` if nothing is left */
export function selectedIndices(count: number, { limit, skip, every }: Selection): Uint32Array {
  if (skip >= count)
    throw argumentError('--skip', `fewer than the ${count} images of the data`, String(skip));
  const available = Math.ceil((count - skip) / every);
  return Uint32Array.from({ length: Math.min(limit, available) }, (_, i) => skip + i * every);
}

/** `MNIST test images 0-99`, as reports print it. */
export function selectionName(source: string, indices: Uint32Array, every: number): string {
  const [first = 0, last = first] = [indices[0], indices.at(-1)];
  const range = indices.length === 1 ? `image ${first}` : `images ${first}-${last}`;
  return `${source} ${range}${every > 1 && indices.length > 1 ? `, one in ${every}` : ''}`;
}
