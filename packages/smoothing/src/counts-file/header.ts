import {
  fileSchema,
  FloatpathError,
  type Guarantee,
  type Norm,
  type Preprocessing,
} from '@floatpath/core';
import type { NoiseSpec } from '../noise/noise-of.js';
import type { Plan } from '../plan.js';

/** Splitting has no draws and no alpha: its counts are all there is to know. */
export interface SplittingSpec {
  readonly kind: 'splitting';
  /** Standard deviation in input units; half a cell is sqrt(3) sigma, rounded down to a multiple of 1/510. */
  readonly sigma: number;
}

/** Everything that the counts depend on, and what was promised before they were drawn. */
export interface CountsHeader {
  readonly schema: typeof fileSchema.counts;
  /** Version of the code that counted. */
  readonly version: string;
  /** Name and version of the engine: counts are reproducible within it. */
  readonly engine: string;
  /** `hash`: sha256 of the file's bytes and the preprocessing. */
  readonly model: { readonly name: string; readonly hash: string };
  /** What f is: `plain`, or the specification of a repressed network. */
  readonly method: string;
  readonly guarantee: Guarantee;
  readonly preprocessing: Preprocessing;
  /** Which images, in words. */
  readonly data: string;
  readonly classes: number;
  readonly noise: NoiseSpec | SplittingSpec;
  readonly norm: Norm;
  /** `shared`: all images see the same draws, so their errors are not independent. */
  readonly sharing: 'per-image' | 'shared';
  readonly seed: number;
  /** Null for splitting. */
  readonly plan: Plan | null;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The fields in the order in which they are written, each with what it must look like. */
const fields: { readonly [K in keyof CountsHeader]: (value: unknown) => boolean } = {
  schema: (value) => value === fileSchema.counts,
  version: (value) => typeof value === 'string',
  engine: (value) => typeof value === 'string',
  model: (value) =>
    isObject(value) && typeof value['name'] === 'string' && typeof value['hash'] === 'string',
  method: (value) => typeof value === 'string',
  guarantee: (value) => value === 'unconditional' || value === 'conditional',
  preprocessing: (value) => isObject(value) && Array.isArray(value['bounds']),
  data: (value) => typeof value === 'string',
  classes: (value) => Number.isSafeInteger(value) && Number(value) >= 2,
  noise: (value) => isObject(value) && Number(value['sigma']) > 0,
  norm: (value) => value === 'l1' || value === 'l2' || value === 'linf',
  sharing: (value) => value === 'per-image' || value === 'shared',
  seed: (value) => Number.isSafeInteger(value),
  plan: (value) => value === null || (isObject(value) && isObject(value['bound'])),
};

const names = Object.keys(fields) as (keyof CountsHeader)[];

/** The header with its fields in the one order that files have. */
export function canonicalHeader(header: CountsHeader): CountsHeader {
  return Object.fromEntries(names.map((name) => [name, header[name]])) as unknown as CountsHeader;
}

/**
 * @throws {FloatpathError} `schema-version` for a file of another version, `malformed-file` for what is no header
 */
export function requireHeader(value: unknown): CountsHeader {
  const schema = isObject(value) ? value['schema'] : undefined;
  if (typeof schema === 'string' && schema !== fileSchema.counts) {
    throw new FloatpathError(
      'schema-version',
      `readCounts: expected ${fileSchema.counts}, got ${schema}; read it with the version of floatpath that wrote it`,
    );
  }
  const wrong = names.find((name) => !isObject(value) || !fields[name](value[name]));
  if (wrong !== undefined) {
    throw new FloatpathError(
      'malformed-file',
      `readCounts: expected a counts file, got a first line without a sound "${wrong}"`,
    );
  }
  return canonicalHeader(value as CountsHeader);
}

/** JSON with sorted keys, so that order does not matter. */
function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join()}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'undefined';
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return `{${entries
    .map(([key, entry]) => `${key}:${canonicalText(entry)}`)
    .sort()
    .join()}}`;
}

/** The first field in which two headers differ. */
export function headerDifference(
  first: CountsHeader,
  second: CountsHeader,
): keyof CountsHeader | undefined {
  return names.find((name) => canonicalText(first[name]) !== canonicalText(second[name]));
}

/** @throws {FloatpathError} `invalid-data` naming the first field that differs */
export function requireSameHeader(
  name: string,
  expected: CountsHeader,
  got: CountsHeader,
  hint: string,
): void {
  const field = headerDifference(expected, got);
  if (field === undefined) return;
  throw new FloatpathError(
    'invalid-data',
    `${name}: expected counts with ${field} ${canonicalText(expected[field])}, got ${canonicalText(got[field])}; ${hint}`,
  );
}
