import { FloatpathError } from '@floatpath/core';

/** Turns the text after a flag into a value, or throws `invalid-argument` with one sentence that names the flag. */
export type ArgumentParser<T> = (text: string) => T;

export function argumentError(flag: string, expected: string, got: string): FloatpathError {
  return new FloatpathError('invalid-argument', `${flag}: expected ${expected}, got "${got}"`);
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A decimal such as `.25` or `1e-3`, or a fraction such as `8/255`; NaN for any other text. */
function numberIn(text: string): number {
  const parts = text.trim().split('/');
  if (parts.length > 2 || !parts.every((part) => DECIMAL.test(part))) return NaN;
  return Number(parts[0]) / Number(parts[1] ?? 1);
}

function numberWhere(
  flag: string,
  expected: string,
  holds: (value: number) => boolean,
): ArgumentParser<number> {
  return (text) => {
    const value = numberIn(text);
    if (Number.isFinite(value) && holds(value)) return value;
    throw argumentError(flag, expected, text);
  };
}

export const positiveNumber = (flag: string): ArgumentParser<number> =>
  numberWhere(flag, 'a number above 0 such as 0.25 or 8/255', (value) => value > 0);

export const openShare = (flag: string): ArgumentParser<number> =>
  numberWhere(flag, 'a number in (0, 1) such as 0.001', (value) => value > 0 && value < 1);

export const wholeNumber = (
  flag: string,
  minimum: number,
  maximum = 2 ** 32 - 1,
): ArgumentParser<number> =>
  numberWhere(
    flag,
    `a whole number from ${minimum} to ${maximum}`,
    (value) => Number.isInteger(value) && value >= minimum && value <= maximum,
  );

/** Numbers with commas between them; fractions are welcome. */
export function numberList(
  flag: string,
  expected = 'numbers with commas between them such as .49,.48,.45',
  holds: (values: readonly number[]) => boolean = () => true,
): ArgumentParser<readonly number[]> {
  return (text) => {
    const values = text.split(',').map(numberIn);
    if (values.every(Number.isFinite) && holds(values)) return values;
    throw argumentError(flag, expected, text);
  };
}

export const positiveNumbers = (flag: string): ArgumentParser<readonly number[]> =>
  numberList(flag, 'a number above 0 such as 8/255, or several such as 2/255,4/255', (values) =>
    values.every((value) => value > 0),
  );

export function boundsPair(flag: string): ArgumentParser<readonly [number, number]> {
  const list = numberList(
    flag,
    'LOW,HIGH with LOW < HIGH such as 0,1',
    ([low = NaN, high = NaN, ...rest]) => low < high && rest.length === 0,
  );
  return (text) => list(text) as unknown as readonly [number, number];
}

export function oneOf<const T extends string>(
  flag: string,
  choices: readonly T[],
): ArgumentParser<T> {
  return (text) => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice !== undefined) return choice;
    throw argumentError(flag, choices.join(' or '), text);
  };
}
