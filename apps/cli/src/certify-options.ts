import type { AnchorRequest, FirstLayer } from '@floatpath/audit';
import { FloatpathError, type Norm, type Preprocessing } from '@floatpath/core';
import {
  noiseKindOf,
  requirePlan,
  type BoundSpec,
  type NoiseKind,
  type Plan,
  type StoppingSpec,
} from '@floatpath/smoothing';
import { argumentError } from './arguments.js';
import type { DataSpec } from './data-spec.js';
import { anchorRequest, type AnchorFlags } from './sc-rfp-options.js';
import type { SharedFlags } from './shared-flags.js';

/** What the person wrote, flag by flag. */
export interface CertifyFlags extends SharedFlags, AnchorFlags {
  readonly secretHeader?: Readonly<Record<string, string>>;
  readonly allowInaccurate?: true;
  readonly workers: number;
  readonly dryRun?: true;
  readonly quiet?: true;
  readonly sigma?: number;
  readonly noise: NoiseKind | 'splitting';
  readonly norm?: Norm;
  readonly bound?: BoundSpec['kind'];
  readonly stages?: readonly number[];
  readonly n0: number;
  readonly n: number;
  readonly alpha: number;
  readonly targetRadius?: number;
  readonly until?: number;
  readonly noiseSharing: 'per-image' | 'shared';
  readonly firstLayer: FirstLayer;
  readonly seed: number;
  readonly radii?: readonly number[];
  readonly shard?: string;
  readonly redis?: string;
  readonly out: string;
  readonly tsv?: string;
  readonly svg?: string;
  readonly resume?: true;
}

/** Everything that a run needs to know, with nothing left open. */
export interface CertifyRequest {
  readonly data: DataSpec;
  readonly sigma: number;
  readonly norm: Norm;
  readonly plan: Plan | null;
  readonly preprocessing: Preprocessing;
  /** Of the curve, where the person chose them. */
  readonly radii?: readonly number[];
  readonly shard: { readonly index: number; readonly of: number };
  /** Absent for plain smoothing. */
  readonly repressed?: AnchorRequest;
}

function required<T>(value: T | undefined, flag: string, hint: string): T {
  if (value !== undefined) return value;
  throw new FloatpathError('invalid-argument', `certify: expected ${flag}, got none; ${hint}`);
}

function stoppingOf({ targetRadius, until }: CertifyFlags): StoppingSpec {
  if (targetRadius !== undefined && until !== undefined) {
    throw new FloatpathError(
      'invalid-argument',
      'certify: expected --target-radius or --until, got both; one run has one rule to stop by',
    );
  }
  if (targetRadius !== undefined) return { kind: 'target-radius', radius: targetRadius };
  return until === undefined ? { kind: 'fixed' } : { kind: 'until', gain: until };
}

function boundOf({ bound, stages, n }: CertifyFlags, stopping: StoppingSpec): BoundSpec {
  if (bound === 'staged') return { kind: 'staged', stages: stages ?? [n] };
  if (stages !== undefined) throw argumentError('--stages', '--bound staged', String(bound));
  return { kind: bound ?? (stopping.kind === 'fixed' ? 'binary' : 'anytime') };
}

function planOf(flags: CertifyFlags): Plan | null {
  if (flags.noise === 'splitting') return null;
  const stopping = stoppingOf(flags);
  const bound = boundOf(flags, stopping);
  const n0 = bound.kind === 'selection-free' ? 0 : flags.n0;
  const plan: Plan = { n0, n: flags.n, alpha: flags.alpha, bound, stopping };
  requirePlan('certify', plan);
  return plan;
}

function normOf({ noise, norm }: CertifyFlags): Norm {
  const own = noiseKindOf(noise).norm;
  if (norm === undefined || norm === own || (norm === 'linf' && own === 'l2')) return norm ?? own;
  throw argumentError(
    '--norm',
    `${own}${own === 'l2' ? ' or linf' : ''} with ${noise} noise`,
    norm,
  );
}

function shardOf({ shard = '1/1' }: CertifyFlags): CertifyRequest['shard'] {
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(shard) ?? [];
  const fits = Number(index) >= 1 && Number(index) <= Number(of);
  if (!fits) throw argumentError('--shard', 'i/n with 1 <= i <= n such as 1/8', shard);
  return { index: Number(index), of: Number(of) };
}

/** The repressed network that is asked for, with noise and files that fit it. */
function repressedOf(flags: CertifyFlags): AnchorRequest | undefined {
  const made = anchorRequest(flags);
  if (made === undefined) {
    if (flags.calibration === undefined) return undefined;
    throw argumentError('--calibration', '--anchor with it', 'none');
  }
  if (flags.noise === 'splitting') {
    throw argumentError('--anchor', 'none with splitting noise', flags.anchor);
  }
  const conditional = made.anchor === 'center' || made.anchor === 'signs-at-x';
  if (conditional && flags.tsv !== undefined) {
    throw argumentError(
      '--tsv',
      'an anchor whose radii are certificates, since such logs hold nothing else',
      `--anchor ${made.anchor}`,
    );
  }
  return made;
}

/** What a first layer makes of the draws can be computed once where all images share them, on the grid. */
function requireFirstLayer(flags: CertifyFlags): void {
  if (flags.firstLayer === 'float32') return;
  const fail = (expected: string, got: string): never => {
    throw argumentError('--first-layer fixed-point', expected, got);
  };
  if (flags.noiseSharing !== 'shared')
    fail('--noise-sharing shared with it', `--noise-sharing ${flags.noiseSharing}`);
  if (flags.noise !== 'integer-gaussian')
    fail('integer-gaussian noise with it', `--noise ${flags.noise}`);
  if (flags.anchor !== 'none') fail('the plain network', `--anchor ${flags.anchor}`);
  if (flags.redis !== undefined) fail('workers of this machine', '--redis');
}

/**
 * Fills in what the person left out. Sigma has no default: a silent one is a silent claim.
 *
 * @throws {FloatpathError} `invalid-argument` naming the flag
 */
export function certifyRequest(flags: CertifyFlags): CertifyRequest {
  const { bounds, mean, std, layout } = flags;
  requireFirstLayer(flags);
  const repressed = repressedOf(flags);
  const sigma = required(
    flags.sigma,
    '--sigma',
    'give the standard deviation of the noise in input units such as --sigma 0.25',
  );
  return {
    data: required(flags.data, '--data', 'name labelled images such as --data npz:images.npz'),
    sigma,
    norm: normOf(flags),
    plan: planOf(flags),
    preprocessing: { bounds, layout, ...(mean && { mean }), ...(std && { std }) },
    ...(flags.radii && { radii: flags.radii }),
    shard: shardOf(flags),
    ...(repressed && { repressed }),
  };
}
