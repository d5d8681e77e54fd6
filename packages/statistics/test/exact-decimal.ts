/** A double or a decimal text as an exact integer multiple of 10^-1100. */
const DIGITS = 1100;

function ofDecimal(text: string): bigint {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return BigInt(whole + fraction) * 10n ** BigInt(DIGITS + Number(exponent) - fraction.length);
}

function ofDouble(value: number): bigint {
  let exponent = 0;
  let mantissa = value;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent += 1;
  }
  return (BigInt(mantissa) * 10n ** BigInt(DIGITS)) >> BigInt(exponent);
}

/** Sign of `value - decimal`, exactly (for doubles with at most 1100 binary places). */
export function compareWithDecimal(value: number, decimal: string): -1 | 0 | 1 {
  const difference = ofDouble(value) - ofDecimal(decimal);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
