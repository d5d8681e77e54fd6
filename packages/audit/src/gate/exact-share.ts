/** A number as it was written, without rounding: `0.6` is 6/10, `8/255` is 8/255. */
export interface ExactNumber {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** The value of `.5`, `12` or `0.25`, as decimal digits over a power of ten. */
function exactDecimal(text: string): ExactNumber {
  const [whole = '', decimals = ''] = text.split('.');
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) };
}

/**
 * @param text - decimals such as `.6`, or two of them with a slash between; the second one not 0
 */
export function exactNumber(text: string): ExactNumber {
  const [above = '', below = '1'] = text.split('/');
  const [a, b] = [exactDecimal(above), exactDecimal(below)];
  return { numerator: a.numerator * b.denominator, denominator: a.denominator * b.numerator };
}

/** The smallest count of `images` that is at least this share of them; no rounding on the way. */
export function neededCount({ numerator, denominator }: ExactNumber, images: number): number {
  const product = numerator * BigInt(images);
  return Number((product + denominator - 1n) / denominator);
}
