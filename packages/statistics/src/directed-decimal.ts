import { requireRange } from './check.js';

function checkArguments(name: string, value: number, digits: number): void {
  requireRange(Number.isFinite(value), `${name}: expected a finite number, got ${value}`);
  requireRange(
    Number.isInteger(digits) && digits >= 0 && digits <= 20,
    `${name}: expected digits an integer in [0, 20], got ${digits}`,
  );
}

/** floor(value 10^digits), with `value` read as the shortest decimal that stands for it. */
function scaledFloor(value: number, digits: number): bigint {
  const [mantissa = '', exponent = '0'] = value.toString().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const units = BigInt(whole + fraction);
  const shift = Number(exponent) - fraction.length + digits;
  if (shift >= 0) return units * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  const quotient = units / divisor;
  return value < 0 && quotient * divisor !== units ? quotient - 1n : quotient;
}

function decimalText(scaled: bigint, digits: number): string {
  const magnitude = (scaled < 0n ? -scaled : scaled).toString().padStart(digits + 1, '0');
  const split = magnitude.length - digits;
  const text = digits === 0 ? magnitude : `${magnitude.slice(0, split)}.${magnitude.slice(split)}`;
  return scaled < 0n ? `-${text}` : text;
}

/**
 * `value` with `digits` decimals, rounded towards less: the number printed never exceeds the number
 * held, and reads back as at most it. A double stands for the shortest decimal that reads back as
 * it, so 0.3 prints as 0.3.
 *
 * @throws {RangeError} unless value is finite and digits an integer in [0, 20]
 */
export function roundDown(value: number, digits: number): string {
  checkArguments('roundDown', value, digits);
  return decimalText(scaledFloor(value, digits), digits);
}

/** `value` with `digits` decimals, rounded towards more; see {@link roundDown}. */
export function roundUp(value: number, digits: number): string {
  checkArguments('roundUp', value, digits);
  return decimalText(-scaledFloor(-value, digits), digits);
}
