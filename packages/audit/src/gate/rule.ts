import { FloatpathError } from '@floatpath/core';
import { exactNumber, type ExactNumber } from './exact-share.js';

/** What is counted over the images of a report. */
export type Measure =
  /** Right on the image as it is. */
  | { readonly kind: 'clean' }
  /** Right, and the report's attack found nothing: an upper count. */
  | { readonly kind: 'robust'; readonly norm: 'linf' | 'l2'; readonly epsilon: number }
  /** Right with a certificate of at least this l2 radius that holds for what is deployed. */
  | { readonly kind: 'certified'; readonly method: GatedMethod; readonly radius: number };

/** Methods whose radii are certificates; a surrogate radius is none and cannot be gated as one. */
export const gatedMethods = [
  'plain',
  'sc-rfp-input',
  'sc-rfp-denoised',
  'denoiser-alone',
  'average-with-denoised',
] as const;
export type GatedMethod = (typeof gatedMethods)[number];

/** What the count must reach: a share of the images, or what the baseline reached. */
export type Demand =
  | { readonly kind: 'threshold'; readonly share: number; readonly exact: ExactNumber }
  | { readonly kind: 'baseline' };

export interface Rule {
  /** As written, with one space where there were several. */
  readonly text: string;
  readonly measure: Measure;
  readonly demand: Demand;
}

const LONGEST = 200;
const NUMBER = /^(?:\d+\.?\d*|\.\d+)(?:\/(?:\d+\.?\d*|\.\d+))?/;

interface Cursor {
  readonly text: string;
  at: number;
}

function fail({ text, at }: Cursor, expected: string): never {
  const rest = text.slice(at).trimEnd();
  const got = rest === '' ? 'the end' : `"${rest}"`;
  throw new FloatpathError(
    'invalid-argument',
    `gate: expected ${expected} at character ${at + 1} of rule "${text}", got ${got}`,
  );
}

function skipSpace(cursor: Cursor): void {
  while (/\s/.test(cursor.text[cursor.at] ?? '')) cursor.at += 1;
}

/** Takes one of `words` if it stands here. */
function take<const W extends string>(cursor: Cursor, words: readonly W[]): W | undefined {
  const word = words.find((candidate) => cursor.text.startsWith(candidate, cursor.at));
  cursor.at += word?.length ?? 0;
  return word;
}

const listed = (words: readonly string[]): string =>
  words.map((word) => `"${word}"`).join(words.length === 2 ? ' or ' : ', ');

function takeOne<const W extends string>(cursor: Cursor, words: readonly W[]): W {
  return take(cursor, words) ?? fail(cursor, listed(words));
}

/** A number in `[0, most]`, as text. */
function takeNumber(cursor: Cursor, expected: string, most: number): string {
  const text = NUMBER.exec(cursor.text.slice(cursor.at))?.[0];
  const value = text === undefined ? NaN : numberOf(text);
  if (text === undefined || !(value >= 0 && value <= most)) return fail(cursor, expected);
  cursor.at += text.length;
  return text;
}

function numberOf(text: string): number {
  const [above, below = '1'] = text.split('/');
  return Number(above) / Number(below);
}

function takeMethod(cursor: Cursor): GatedMethod {
  if (take(cursor, ['(']) === undefined) return 'plain';
  if (cursor.text.startsWith('sc-rfp-center', cursor.at)) {
    fail(
      cursor,
      `${listed(gatedMethods)} (a center anchor has surrogate radii, which certify nothing)`,
    );
  }
  const method = takeOne(cursor, gatedMethods);
  takeOne(cursor, [')']);
  return method;
}

function takeMeasure(cursor: Cursor): Measure {
  const kind = takeOne(cursor, ['clean', 'robust', 'certified']);
  if (kind === 'clean') return { kind };
  const method = kind === 'certified' ? takeMethod(cursor) : 'plain';
  takeOne(cursor, ['@']);
  if (kind === 'robust') {
    const norm = takeOne(cursor, ['linf', 'l2']);
    takeOne(cursor, [':']);
    const epsilon = takeNumber(cursor, 'an attack radius such as 8/255', Number.MAX_VALUE);
    return { kind, norm, epsilon: numberOf(epsilon) };
  }
  const radius = takeNumber(cursor, 'a radius such as 0.5', Number.MAX_VALUE);
  return { kind, method, radius: numberOf(radius) };
}

function takeDemand(cursor: Cursor): Demand {
  if (take(cursor, ['baseline']) !== undefined) return { kind: 'baseline' };
  const text = takeNumber(cursor, 'a share from 0 to 1 such as 0.6, or "baseline"', 1);
  return { kind: 'threshold', share: numberOf(text), exact: exactNumber(text) };
}

/**
 * Reads a rule: `clean`, `robust@NORM:EPSILON`, `certified@RADIUS` or `certified(METHOD)@RADIUS`, then `>=`, then a
 * share of the images or `baseline`. Numbers are decimals or fractions of two.
 *
 * @throws {FloatpathError} `invalid-argument`, naming the character where the rule leaves this form
 */
export function parseRule(text: string): Rule {
  if (text.length > LONGEST) {
    throw new FloatpathError(
      'invalid-argument',
      `gate: expected a rule of at most ${LONGEST} characters, got ${text.length}`,
    );
  }
  const cursor: Cursor = { text, at: 0 };
  skipSpace(cursor);
  const measure = takeMeasure(cursor);
  skipSpace(cursor);
  takeOne(cursor, ['>=']);
  skipSpace(cursor);
  const demand = takeDemand(cursor);
  skipSpace(cursor);
  if (cursor.at < text.length) fail(cursor, 'the end of the rule');
  return { text: text.trim().replace(/\s+/g, ' '), measure, demand };
}
