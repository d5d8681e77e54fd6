import type { AnchorRequest } from '@floatpath/audit';
import { FloatpathError, type Preprocessing } from '@floatpath/core';
import { Option } from 'commander';
import { argumentError, numberList, oneOf, positiveNumber } from './arguments.js';
import { dataOptions, modelOptions, option, runOptions } from './options.js';
import type { SharedFlags } from './shared-flags.js';

/** Flags that all commands about repressed networks share. */
export interface ScRfpFlags extends SharedFlags {
  readonly force?: true;
  readonly dryRun?: true;
  readonly quiet?: true;
}

/** Flags that say which repressed network is meant. */
export interface AnchorFlags {
  readonly anchor: AnchorRequest['anchor'] | 'none';
  readonly form: AnchorRequest['form'];
  readonly lambda?: number;
  readonly extrapolate?: true;
  readonly kappa?: number;
  readonly tau?: number;
  readonly q?: number;
  readonly denoiser: NonNullable<AnchorRequest['denoiser']>;
  readonly calibration?: string;
}

const names =
  '--data --limit --skip --every --bounds --mean --std --layout --engine --batch-size --force --timeout --dry-run --json --quiet';

/** The options of {@link ScRfpFlags}. */
export const scRfpOptions: readonly Option[] = [
  ...dataOptions,
  ...modelOptions,
  ...runOptions,
].filter(({ long }) => names.split(' ').includes(long ?? ''));

const closedShare = (flag: string) => (text: string) => {
  const [value = NaN, ...rest] = numberList(flag)(text);
  if (rest.length === 0 && value >= 0 && value <= 1) return value;
  throw argumentError(flag, 'a number in [0, 1] such as 0.5', text);
};

const oneNumber = (flag: string) => (text: string) => {
  const expected = 'one number such as 0.5';
  const [value] = numberList(flag, expected, ({ length }) => length === 1)(text);
  return value as number;
};

/** Outside [0, 1] only where the person says so: nothing of the paper speaks of such networks. */
function requireLambda({ lambda, extrapolate }: AnchorFlags): void {
  if (lambda === undefined || extrapolate === true || (lambda >= 0 && lambda <= 1)) return;
  throw argumentError(
    '--lambda',
    'a number in [0, 1], or --extrapolate to go outside',
    String(lambda),
  );
}

export const formOption = option(
  '--form <form>',
  'path-sum, layerwise or expectation',
  (flag) => oneOf(flag, ['path-sum', 'layerwise', 'expectation']),
  'path-sum',
);

export const denoiserOption = option(
  '--denoiser <kind>',
  'of the denoised anchor: conv (7x7) or full',
  (flag) => oneOf(flag, ['conv', 'full']),
  'conv',
);

/** Which anchor, where none is one of them. */
export const anchorOption = option(
  '--anchor <name>',
  'none (plain smoothing), input, global, denoised, center or signs-at-x',
  (flag) => oneOf(flag, ['none', 'input', 'global', 'denoised', 'center', 'signs-at-x']),
  'none',
);

/** The options of {@link AnchorFlags} but the anchor's name. */
export const anchorOptions: readonly Option[] = [
  formOption,
  denoiserOption,
  option(
    '--lambda <share>',
    'what is left of the float paths, 0 to 1 (default, with --kappa and --q: what the calibration chose with --held-out; else 0 at the center, .5 for input, .75 for global and denoised)',
    oneNumber,
  ),
  new Option(
    '--extrapolate',
    'take a --lambda outside 0 to 1: float paths amplified or turned around',
  ),
  option('--kappa <number>', 'of the input (.67) and denoised (1) anchors', positiveNumber),
  option('--tau <share>', 'of the center anchor (.05)', closedShare),
  option('--q <share>', 'of the global anchor (.4)', closedShare),
  new Option('--calibration <file>', 'made by floatpath calibrate'),
];

export function required<T>(command: string, value: T | undefined, flag: string): T {
  if (value !== undefined) return value;
  throw new FloatpathError('invalid-argument', `${command}: expected ${flag}, got none; give it`);
}

export function preprocessingOf({ bounds, layout, mean, std }: ScRfpFlags): Preprocessing {
  return { bounds, layout, ...(mean && { mean }), ...(std && { std }) };
}

/** The repressed network that the flags name; undefined for `--anchor none`. */
export function anchorRequest(flags: AnchorFlags): AnchorRequest | undefined {
  const { anchor, form, lambda, kappa, tau, q, denoiser, extrapolate } = flags;
  if (anchor === 'none') {
    const given = (['lambda', 'kappa', 'tau', 'q', 'extrapolate'] as const).find(
      (name) => flags[name] !== undefined,
    );
    if (given === undefined) return undefined;
    throw argumentError(`--${given}`, '--anchor with it', 'none');
  }
  requireLambda(flags);
  return {
    anchor,
    form,
    denoiser,
    ...(lambda !== undefined && { lambda }),
    ...(extrapolate && { extrapolate }),
    ...(kappa !== undefined && { kappa }),
    ...(tau !== undefined && { tau }),
    ...(q !== undefined && { q }),
  };
}
