import {
  FloatpathError,
  requireArgument,
  rowsOf,
  type Classifier,
  type Float32Tensor,
  float32Tensor,
} from '@floatpath/core';
import type { CenteredClassifier } from '../centered-classifier.js';
import { contentHash } from '../calibration/content-hash.js';
import { fingerprintOf, littleEndianBytes } from '../calibration/fingerprint.js';
import { deployed } from './deployed.js';
import { distanceBetween } from './inside-on-grid.js';
import { check, type Claim, type RefuteOptions, type RefuteResult } from './refute.js';

const SCHEMA = 'floatpath/refutations@2';

/** Refutations as data: a JSON value, and the inputs that it speaks of, row by row. */
export interface RefutationFile {
  readonly record: RefutationRecord;
  /** The claimed-about inputs `[rows, ...]`. */
  readonly x: Float32Tensor;
  /** The counterexamples `[rows, ...]`. */
  readonly adversarial: Float32Tensor;
}

/** What claims speak of: in words, and by the hashes of the model and of the calibration behind it. */
export interface RefutedTarget {
  readonly target: string;
  readonly modelHash: string;
  /** Null where no calibration is behind it. */
  readonly calibration: string | null;
}

export interface RefutationRecord extends RefutedTarget {
  readonly schema: typeof SCHEMA;
  /** Of all other fields and of both arrays of inputs. */
  readonly hash: string;
  /** Of the noise, in input units. */
  readonly sigma: number;
  readonly guarantee: RefuteResult['guarantee'];
  readonly arithmetic: RefuteResult['arithmetic'];
  readonly attack: string;
  readonly n: number;
  readonly alpha: number;
  readonly seed: number;
  readonly verdict: RefuteResult['verdict'];
  /** One per refuted claim. */
  readonly rows: readonly {
    readonly image: number;
    readonly label: number;
    readonly radius: number;
    readonly distance: number;
    readonly predicted: number;
  }[];
}

function hashOf({ record, x, adversarial }: RefutationFile): string {
  const [before, after] = [x, adversarial].map(({ shape, data }) => ({
    shape: [...shape],
    values: fingerprintOf(littleEndianBytes(data)),
  }));
  return contentHash({ ...record, x: before, adversarial: after }, 'readRefutations');
}

/** What to keep of a search: every refuted claim with its counterexample. */
export function refutationFile(
  { target, modelHash, calibration }: RefutedTarget,
  claims: readonly Claim[],
  result: RefuteResult,
  options: Pick<RefuteOptions, 'noise' | 'n' | 'alpha' | 'seed'>,
): RefutationFile {
  const kept = result.attempts.flatMap((attempt, i) => {
    const claim = claims[i];
    return attempt.status === 'refuted' && claim ? [{ attempt, claim }] : [];
  });
  const shape = claims[0]?.x.shape.slice(1) ?? [];
  const stack = (rows: readonly Float32Tensor[]): Float32Tensor => {
    const out = float32Tensor([rows.length, ...shape]);
    rows.forEach(({ data }, i) => out.data.set(data, i * data.length));
    return out;
  };
  const { guarantee, arithmetic, attack, verdict } = result;
  const { noise, n, alpha, seed } = options;
  const file: RefutationFile = {
    record: {
      schema: SCHEMA,
      hash: '',
      ...{ target, modelHash, calibration, sigma: noise.sigma },
      ...{ guarantee, arithmetic, attack, n, alpha, seed, verdict },
      rows: kept.map(({ attempt: { image, label, radius, distance, predicted } }) => ({
        image,
        label,
        radius,
        distance,
        predicted: predicted as number,
      })),
    },
    x: stack(kept.map(({ claim }) => claim.x)),
    adversarial: stack(kept.map(({ attempt }) => attempt.adversarial)),
  };
  return { ...file, record: { ...file.record, hash: hashOf(file) } };
}

function requireWhole({ record, x, adversarial }: RefutationFile): void {
  if (record.schema !== SCHEMA) {
    throw new FloatpathError(
      'schema-version',
      `readRefutations: expected ${SCHEMA}, got ${String(record.schema)}; refute again with this version`,
    );
  }
  const hash = hashOf({ record, x, adversarial });
  if (record.hash !== hash) {
    throw new FloatpathError(
      'invalid-data',
      `readRefutations: expected hash ${hash}, that of the record and its inputs, got ${String(record.hash)}: one of them was changed, or belongs to another search; refute again`,
    );
  }
}

/**
 * The file of a search from the text of its record and its inputs.
 *
 * @throws {FloatpathError} `malformed-file` for other text, `schema-version`, `invalid-data` if record and inputs are not as they
 * were written
 */
export function readRefutations(
  json: string,
  inputs: Pick<RefutationFile, 'x' | 'adversarial'>,
): RefutationFile {
  let record: unknown;
  try {
    record = JSON.parse(json);
  } catch (cause) {
    throw new FloatpathError('malformed-file', 'readRefutations: expected JSON, got other text', {
      cause,
    });
  }
  if (typeof record !== 'object' || record === null) {
    throw new FloatpathError('malformed-file', 'readRefutations: expected a record, got a value');
  }
  const file = { record: record as RefutationRecord, ...inputs };
  requireWhole(file);
  return file;
}

/**
 * Checks every refutation of a file again, on other draws.
 *
 * @param options.seed - another one than the file's, for draws that the file has not seen
 * @returns per row whether the counterexample still refutes its claim
 * @throws {FloatpathError} as `readRefutations`; `invalid-argument` for noise of another sigma
 */
export async function replayRefutations(
  target: Classifier | CenteredClassifier,
  file: RefutationFile,
  options: Pick<RefuteOptions, 'noise' | 'seed' | 'batchSize' | 'signal'>,
): Promise<readonly boolean[]> {
  requireWhole(file);
  const { record, x, adversarial } = file;
  const { sigma, norm } = options.noise;
  requireArgument(
    sigma === record.sigma,
    `replayRefutations: expected noise of sigma ${record.sigma}, got ${sigma}; give the sigma of the claims`,
  );
  const again: boolean[] = [];
  for (const [i, { label, radius }] of record.rows.entries()) {
    const there = rowsOf(adversarial, i, i + 1);
    const inside = distanceBetween(rowsOf(x, i, i + 1), there, norm) < radius;
    const predicted = await check(deployed(target), there, { label }, { ...options, n: record.n });
    again.push(inside && predicted !== undefined && predicted !== label);
  }
  return again;
}
