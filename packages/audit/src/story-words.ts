import { roundDown } from '@floatpath/statistics';
import type { MethodSummary } from './report.js';

/** Printable on any terminal and allowed in XML: other characters of names become U+FFFD. */
export function printable(name: string): string {
  return name.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff\p{Surrogate}]/gu,
    '\ufffd',
  );
}

/** An epsilon or sigma as people write it: `2/255` where it is a number of 8-bit steps, else six digits. */
export function quantity(value: number): string {
  const steps = value * 255;
  const whole = Math.round(steps);
  const decimals = Number(value.toPrecision(6));
  if (decimals === value) return String(value);
  return whole > 0 && Math.abs(steps - whole) < 1e-9 ? `${whole}/255` : String(decimals);
}

/** `.71`: a share or radius with its leading zero dropped, rounded towards less. */
export function decimal(value: number, digits = 2): string {
  const text = roundDown(value, digits);
  return text.replace(/^(-?)0\./, '$1.');
}

/** `1 network`, `2 networks`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A radius without its leading zero. */
export function shortRadius(radius: number): string {
  return quantity(radius).replace(/^0\./, '.');
}

/** What a report calls its methods. */
export const methodTitles: Readonly<Record<MethodSummary['method'], string>> = {
  plain: 'plain smoothing',
  'sc-rfp-input': 'SC-RFP, input anchor',
  'sc-rfp-denoised': 'SC-RFP, denoised anchor',
  'denoiser-alone': 'denoiser alone',
  'average-with-denoised': 'average with denoised',
  'sc-rfp-center': 'SC-RFP, center anchor',
};

/** What a denoiser does without repression, beside every gain of the denoised anchor. */
export const controlMethods: readonly MethodSummary['method'][] = [
  'denoiser-alone',
  'average-with-denoised',
];

/** What a method's numbers hold for. */
export function guaranteeText({ guarantee, arithmetic }: MethodSummary): string {
  const suffix = arithmetic === 'float' ? ', not sound in floating point' : '';
  return guarantee === 'unconditional'
    ? `unconditional${suffix}`
    : `CONDITIONAL, no certificate${suffix}`;
}

/** One paired difference and what it is to. */
export interface ToldDifference {
  readonly over: string;
  readonly text: string;
}

/** The differences of a method to plain smoothing, then to its controls, with their intervals where they are some. */
export function differencesOf(method: MethodSummary): readonly ToldDifference[] {
  const { differenceToPlain, differencesToControls = [] } = method;
  if (differenceToPlain === null) return [];
  return [
    { over: 'plain', text: intervalText(differenceToPlain) },
    ...differencesToControls.map(({ control, ...difference }) => ({
      over: methodTitles[control],
      text: intervalText(difference),
    })),
  ];
}

function intervalText({
  mean,
  low,
  high,
  significant,
}: NonNullable<MethodSummary['differenceToPlain']>): string {
  if (!significant) return 'not significant';
  const signed = (value: number): string =>
    `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4).replace(/^0/, '')}`;
  return `${signed(mean)} [${signed(low)}, ${signed(high)}]`;
}

/** Why a method has no numbers. */
export const statusWords: Readonly<Record<Exclude<MethodSummary['status'], 'done'>, string>> = {
  'not-calibrated': 'not calibrated',
  'not-piecewise-linear': 'no paths to repress',
  'one-row-at-a-time': 'needs a free batch axis',
};
