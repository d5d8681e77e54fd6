import {
  FloatpathError,
  rowsOf,
  type Classifier,
  type Float32Tensor,
  float32Tensor,
} from '@floatpath/core';
import type { CenteredClassifier } from '../centered-classifier.js';
import { deployed } from './deployed.js';
import { distanceBetween } from './inside-on-grid.js';
import { check, type Claim, type RefuteOptions, type RefuteResult } from './refute.js';

const SCHEMA = 'floatpath/refutations@1';

/** Refutations as data: a JSON value, and the inputs that it speaks of, row by row. */
export interface RefutationFile {
  readonly record: RefutationRecord;
  /** The claimed-about inputs `[rows, ...]`. */
  readonly x: Float32Tensor;
  /** The counterexamples `[rows, ...]`. */
  readonly adversarial: Float32Tensor;
}

export interface RefutationRecord {
  readonly schema: typeof SCHEMA;
  readonly target: string;
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

/** What to keep of a search: every refuted claim with its counterexample. @param target - what was refuted, for readers */
export function refutationFile(
  target: string,
  claims: readonly Claim[],
  result: RefuteResult,
  options: Pick<RefuteOptions, 'n' | 'alpha' | 'seed'>,
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
  const { n, alpha, seed } = options;
  return {
    record: {
      schema: SCHEMA,
      target,
      guarantee,
      arithmetic,
      attack,
      n,
      alpha,
      seed,
      verdict,
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
}

/**
 * Checks every refutation of a file again, on other draws.
 *
 * @param options.seed - another one than the file's, for draws that the file has not seen
 * @returns per row whether the counterexample still refutes its claim
 * @throws {FloatpathError} `schema-version` for another version, `shape-mismatch` where rows and inputs do not fit
 */
export async function replayRefutations(
  target: Classifier | CenteredClassifier,
  { record, x, adversarial }: RefutationFile,
  options: Pick<RefuteOptions, 'noise' | 'seed' | 'batchSize' | 'signal'>,
): Promise<readonly boolean[]> {
  if (record.schema !== SCHEMA) {
    throw new FloatpathError(
      'schema-version',
      `replayRefutations: expected ${SCHEMA}, got ${String(record.schema)}; refute again with this version`,
    );
  }
  if (x.shape.join() !== adversarial.shape.join() || x.shape[0] !== record.rows.length) {
    throw new FloatpathError(
      'shape-mismatch',
      `replayRefutations: expected inputs and counterexamples of ${record.rows.length} rows, got [${x.shape.join(', ')}] and [${adversarial.shape.join(', ')}]`,
    );
  }
  const again: boolean[] = [];
  for (const [i, { label, radius }] of record.rows.entries()) {
    const there = rowsOf(adversarial, i, i + 1);
    const inside = distanceBetween(rowsOf(x, i, i + 1), there, options.noise.norm) < radius;
    const predicted = await check(deployed(target), there, { label }, { ...options, n: record.n });
    again.push(inside && predicted !== undefined && predicted !== label);
  }
  return again;
}
