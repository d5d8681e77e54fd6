import { describe, expect, it } from 'vitest';
import {
  boundsPair,
  numberList,
  oneOf,
  openShare,
  positiveNumber,
  wholeNumber,
} from '../src/arguments.js';

describe('numbers', () => {
  it.each([
    ['0.25', 0.25],
    ['.25', 0.25],
    ['1e-3', 0.001],
    ['8/255', 8 / 255],
    [' 2/255 ', 2 / 255],
    ['+3', 3],
  ])('%s is read', (text, value) => {
    expect(positiveNumber('--epsilon')(text)).toBe(value);
  });

  it.each(['', 'abc', '0', '-1', '1/0', '1/2/3', 'NaN', 'Infinity', '1e999', '0x10', '8/', '1,2'])(
    '%j is refused in one sentence that names the flag',
    (text) => {
      expect(() => positiveNumber('--epsilon')(text)).toThrow(
        `--epsilon: expected a number above 0 such as 0.25 or 8/255, got "${text}"`,
      );
    },
  );

  it('alpha lies strictly between 0 and 1', () => {
    expect(openShare('--alpha')('1/1000')).toBe(0.001);
    for (const text of ['0', '1', '1.5', '-0.1'])
      expect(() => openShare('--alpha')(text)).toThrow(/^--alpha: expected a number in \(0, 1\)/);
  });

  it('whole numbers stay in their range', () => {
    expect(wholeNumber('--n', 1)('1000')).toBe(1000);
    expect(wholeNumber('--n', 1)('1e4')).toBe(10_000);
    for (const text of ['0', '1.5', '4294967296', '-3'])
      expect(() => wholeNumber('--n', 1)(text)).toThrow(
        `--n: expected a whole number from 1 to 4294967295, got "${text}"`,
      );
  });
});

describe('lists', () => {
  it('hold decimals and fractions', () => {
    expect(numberList('--mean')('.5, 1/4,0')).toEqual([0.5, 0.25, 0]);
    expect(() => numberList('--mean')('.5,,1')).toThrow(/^--mean: expected numbers with commas/);
  });

  it('bounds are a pair in order', () => {
    expect(boundsPair('--bounds')('-1,1')).toEqual([-1, 1]);
    for (const text of ['1', '1,0', '0,0', '0,1,2', 'a,b'])
      expect(() => boundsPair('--bounds')(text)).toThrow(/^--bounds: expected LOW,HIGH/);
  });
});

it('a choice names its alternatives', () => {
  expect(oneOf('--norm', ['linf', 'l2'])('l2')).toBe('l2');
  expect(() => oneOf('--norm', ['linf', 'l2'])('L2')).toThrow(
    '--norm: expected linf or l2, got "L2"',
  );
});
