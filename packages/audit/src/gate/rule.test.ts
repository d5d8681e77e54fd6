import { describe, expect, it } from 'vitest';
import { parseRule } from './rule.js';

describe('parseRule', () => {
  it.each([
    ['clean >= 0.9', { kind: 'clean' }],
    ['robust@linf:8/255>=.4', { kind: 'robust', norm: 'linf', epsilon: 8 / 255 }],
    ['  certified@0.5   >= 3/4 ', { kind: 'certified', method: 'plain', radius: 0.5 }],
    [
      'certified(sc-rfp-input)@.5 >= baseline',
      { kind: 'certified', method: 'sc-rfp-input', radius: 0.5 },
    ],
  ])('reads "%s"', (text, measure) => {
    expect(parseRule(text).measure).toEqual(measure);
  });

  it('keeps the share as it was written', () => {
    const { demand } = parseRule('clean >= 0.29');
    expect(demand).toEqual({
      kind: 'threshold',
      share: 0.29,
      exact: { numerator: 29n, denominator: 100n },
    });
  });

  it.each([
    ['', 1, '"clean", "robust", "certified"', 'the end'],
    ['claen >= .9', 1, '"clean", "robust", "certified"', '"claen >= .9"'],
    ['clean => .9', 7, '">="', '"=> .9"'],
    ['clean >= 90', 10, 'a share from 0 to 1 such as 0.6, or "baseline"', '"90"'],
    ['clean >= -1', 10, 'a share from 0 to 1 such as 0.6, or "baseline"', '"-1"'],
    ['clean >= 1/0', 10, 'a share from 0 to 1 such as 0.6, or "baseline"', '"1/0"'],
    ['clean >= 0/0', 10, 'a share from 0 to 1 such as 0.6, or "baseline"', '"0/0"'],
    ['clean >= .9 or so', 13, 'the end of the rule', '"or so"'],
    ['clean >= .9.5', 12, 'the end of the rule', '".5"'],
    ['robust >= .4', 7, '"@"', '" >= .4"'],
    ['robust@l1:1 >= .4', 8, '"linf" or "l2"', '"l1:1 >= .4"'],
    ['robust@linf=1 >= .4', 12, '":"', '"=1 >= .4"'],
    ['robust@linf:x >= .4', 13, 'an attack radius such as 8/255', '"x >= .4"'],
    ['certified@ >= .4', 11, 'a radius such as 0.5', '">= .4"'.replace('"', '" ')],
    ['certified(plain@.5 >= .4', 16, '")"', '"@.5 >= .4"'],
  ])('says of "%s" where it goes wrong', (text, character, expected, got) => {
    expect(() => parseRule(text)).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        message: `gate: expected ${expected} at character ${character} of rule "${text}", got ${got}`,
      }),
    );
  });

  it('takes no surrogate radius for a certificate', () => {
    expect(() => parseRule('certified(sc-rfp-center)@.5 >= .4')).toThrow(
      'surrogate radii, which certify nothing',
    );
  });

  it('refuses a rule of a thousand characters without repeating it', () => {
    expect(() => parseRule(`clean >= .${'9'.repeat(1000)}`)).toThrow(
      'gate: expected a rule of at most 200 characters, got 1010',
    );
  });
});
