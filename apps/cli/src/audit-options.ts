import { defaults, FloatpathError, type Preprocessing } from '@floatpath/core';
import type { DataSpec, Selection } from './data-spec.js';
import { mnistAtHand } from './mnist-files.js';
import type { SharedFlags } from './shared-flags.js';

/** What the person wrote, flag by flag; absent where they wrote nothing. */
export interface AuditFlags extends SharedFlags {
  /** Whether the person said how many images, or the program did. */
  readonly limitChosen?: boolean;
  readonly norm?: 'linf' | 'l2';
  readonly epsilon?: number;
  readonly sigma?: number;
  readonly n0: number;
  readonly n?: number;
  readonly alpha: number;
  readonly seed: number;
  readonly calibration: readonly string[];
  readonly allowInaccurate?: true;
  readonly workers: number;
  readonly out?: string;
  readonly images: boolean;
  readonly force?: true;
  readonly resume?: true;
  /** Seconds. */
  readonly timeout?: number;
  readonly dryRun?: true;
  readonly quiet?: true;
}

/** Everything that an audit needs to know, with nothing left open. */
export interface AuditRequest {
  /** Model files; none for the two bundled networks. */
  readonly models: readonly string[];
  readonly data: DataSpec;
  readonly selection: Selection;
  readonly norm: 'linf' | 'l2';
  readonly epsilon: number;
  readonly sigma: number;
  readonly n: number;
  readonly preprocessing: Preprocessing;
}

/** The audit of the bundled networks, where the flags say nothing else. */
const bundledAudit = { norm: 'l2', epsilon: 1, sigma: 0.25, n: 1000 } as const;

function required<T>(value: T | undefined, flag: string, hint: string): T {
  if (value !== undefined) return value;
  throw new FloatpathError(
    'invalid-argument',
    `audit: expected ${flag} with a model of yours, got none; ${hint}`,
  );
}

/** What is done to an input before the file's own first node. */
export function preprocessingOf({ bounds, mean, std, layout }: AuditFlags): Preprocessing {
  return { bounds, layout, ...(mean && { mean }), ...(std && { std }) };
}

/**
 * Fills in what the person left out. Sigma and epsilon of somebody's own model have no defaults: a silent one is a silent
 * claim.
 *
 * @throws {FloatpathError} `invalid-argument` naming the missing flag
 */
export function auditRequest(models: readonly string[], flags: AuditFlags): AuditRequest {
  const { limit, skip, every } = flags;
  const common = {
    models,
    selection: { limit, skip, every },
    preprocessing: preprocessingOf(flags),
  };
  if (models.length === 0) {
    if (flags.calibration.length > 0) {
      throw new FloatpathError(
        'invalid-argument',
        'audit: expected --calibration with a model of yours, got none; the bundled networks have their own',
      );
    }
    return {
      ...common,
      data: flags.data ?? { kind: 'mnist', part: mnistAtHand() },
      norm: flags.norm ?? bundledAudit.norm,
      epsilon: flags.epsilon ?? bundledAudit.epsilon,
      sigma: flags.sigma ?? bundledAudit.sigma,
      n: flags.n ?? bundledAudit.n,
    };
  }
  return {
    ...common,
    data: required(flags.data, '--data', 'name labelled images such as --data npz:images.npz'),
    norm: required(flags.norm, '--norm', 'say how changes are measured, --norm linf or --norm l2'),
    epsilon: required(
      flags.epsilon,
      '--epsilon',
      'give the attack radius in input units such as --epsilon 8/255',
    ),
    sigma: required(
      flags.sigma,
      '--sigma',
      'give the standard deviation of the smoothing noise in input units such as --sigma 0.25',
    ),
    n: flags.n ?? defaults.n,
  };
}
