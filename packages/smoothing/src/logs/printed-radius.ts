import { binomialUpperQuantile, clopperPearsonLower, normalSurvival } from '@floatpath/statistics';
import { gaussianRadius } from '../noise/gaussian-radius.js';

/** How the radii of a log were cut: after so many decimals, or after so many significant digits. */
export type RadiusStyle =
  | { readonly kind: 'decimals'; readonly digits: number }
  | { readonly kind: 'significant'; readonly digits: number };

/** What the printed radii of a whole log have in common. */
export function radiusStyle(texts: readonly string[]): RadiusStyle {
  const decimals = texts.map((text) => text.split('.')[1]?.length ?? 0);
  const most = Math.max(0, ...decimals);
  if (most > 0 && decimals.every((count) => count === most))
    return { kind: 'decimals', digits: most };
  const significant = texts.map((text) => text.replace('.', '').replace(/^0+|\D.*$/g, '').length);
  return { kind: 'significant', digits: Math.max(1, ...significant) };
}

/** Most programs print radii rounded to nearest, so that about half lie above what is certified; ours rounds down. */
export type Rounding = 'nearest' | 'down';

/** What may have been printed as `text`. */
export function printedInterval(
  text: string,
  style: RadiusStyle,
  rounding: Rounding,
): readonly [number, number] {
  const value = Number(text);
  const exponent =
    style.kind === 'decimals' ? -style.digits : Math.floor(Math.log10(value)) + 1 - style.digits;
  const unit = 10 ** exponent;
  // A rounding of the decimal text and of the radius itself.
  const slack = unit * 1e-9;
  const [below, above] = rounding === 'down' ? [0, unit] : [unit / 2, unit / 2];
  return [Math.max(0, value - below - slack), value + above + slack];
}

/** A guess of how a log was made. */
export interface LogSetting {
  readonly n: number;
  readonly alpha: number;
  readonly sigma: number;
  readonly rounding: Rounding;
}

/** The smallest count whose certified radius exceeds `radius`: the smallest k with P(Bin(n, p) >= k) <= alpha. */
function countAbove(radius: number, { n, alpha, sigma }: LogSetting): number {
  return binomialUpperQuantile(n, normalSurvival(-radius / sigma), alpha) + 1;
}

/** The counts whose radius sigma Phi^-1(Clopper-Pearson(k, n, alpha)) may have been printed as `text`. */
export function possibleCounts(
  text: string,
  style: RadiusStyle,
  setting: LogSetting,
): { readonly least: number; readonly most: number } {
  const [low, high] = printedInterval(text, style, setting.rounding);
  return {
    least: countAbove(low, setting),
    most: Math.min(setting.n, countAbove(high, setting) - 1),
  };
}

/** The radius that a count is worth by Cohen's bound, 0 for an abstention. */
export function radiusOfCount(
  k: number,
  { n, alpha, sigma }: Omit<LogSetting, 'rounding'>,
): number {
  const pLower = clopperPearsonLower(k, n, alpha);
  return pLower > 0.5 && pLower < 1 ? gaussianRadius(sigma, pLower) : 0;
}
