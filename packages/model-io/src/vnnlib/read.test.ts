import { describe, expect, test } from 'vitest';
import { readVnnlib } from './read.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const declarations = `
(declare-const X_0 Real)
(declare-const X_1 Real)
(declare-const Y_0 Real)
(declare-const Y_1 Real)
`;
const read = (text: string) => readVnnlib(bytes(`${declarations}${text}`));

describe('readVnnlib', () => {
  test('reads bounds as a box and comparisons of outputs as constraints', () => {
    const spec = read(`; a comment (with parentheses)
      (assert (<= X_0 0.5)) (assert (>= X_0 -0.25)) (assert (<= -1 X_1 ))(assert (>= 1e-3 X_1))
      (assert (<= Y_0 Y_1))`);
    expect(spec).toMatchObject({ inputs: 2, outputs: 2 });
    expect(spec.cases).toEqual([
      {
        low: Float64Array.of(-0.25, -1),
        high: Float64Array.of(0.5, 0.001),
        constraints: [
          {
            inputs: [],
            outputs: [
              { index: 0, weight: 1 },
              { index: 1, weight: -1 },
            ],
            bound: 0,
            strict: false,
          },
        ],
      },
    ]);
  });

  test('gives every disjunct a box of its own where it bounds inputs', () => {
    const { cases } = read(`(assert (<= X_1 1)) (assert (>= X_1 0))
      (assert (or (and (>= X_0 0) (<= X_0 1) (<= Y_0 2)) (and (>= X_0 3) (<= X_0 4) (>= Y_0 5))))`);
    expect(cases.map(({ low, high }) => [...low, ...high])).toEqual([
      [0, 0, 1, 1],
      [3, 0, 4, 1],
    ]);
    expect(cases.map(({ constraints }) => constraints[0]?.bound)).toEqual([2, -5]);
  });

  test('leaves out cases without points', () => {
    expect(read('(assert (or (<= X_0 -1) (<= Y_0 0))) (assert (>= X_0 0))').cases).toHaveLength(1);
    expect(read('(assert (<= X_0 -1)) (assert (>= X_0 0))').cases).toEqual([]);
    expect(read('(assert (<= 1 0))').cases).toEqual([]);
  });

  test('takes coefficients, sums, products and quotients', () => {
    const { cases } = read('(assert (<= (+ (* 2 X_0) (- Y_0) 3) (/ (- Y_1 1) 4)))');
    expect(cases[0]?.constraints).toEqual([
      {
        inputs: [{ index: 0, weight: 2 }],
        outputs: [
          { index: 0, weight: -1 },
          { index: 1, weight: -0.25 },
        ],
        bound: -3.25,
        strict: false,
      },
    ]);
  });

  test('reads a decimal as the nearest float64', () => {
    const { cases } = read('(assert (<= Y_0 0.1000000000000000055511151231257827))');
    expect(cases[0]?.constraints[0]?.bound).toBe(0.1);
  });

  test.each([
    ['(assert (<= X_0 0.5)', 'malformed-file', 'line 6, column 21, got the end of the file'],
    [
      '(assert (<= X_2 0.5))',
      'malformed-file',
      'a number or a declared variable at line 6, column 13, got "X_2"',
    ],
    ['(assert (<= X_0 0.5) extra)', 'malformed-file', '")" at line 6, column 22, got "extra"'],
    ['\n\n (assert (=> Y_0 1))', 'unsupported-format', 'line 8, column 11, got "=>"'],
    ['(assert (<= (* X_0 Y_0) 1))', 'unsupported-format', 'a product with at most one variable'],
    ['(assert (<= 1e999 Y_0))', 'malformed-file', 'a number within float64'],
    ['(assert (<= (/ Y_0 0) 1))', 'malformed-file', 'a number other than 0 to divide by'],
    ['(assert (<= (/ 1 Y_0) 1))', 'unsupported-format', 'a number to divide by'],
    ['(assert (and))', 'malformed-file', 'a formula with parts'],
    ['(declare-const X_0 Real)', 'malformed-file', 'a variable not declared before'],
    ['(declare-const Z_0 Real)', 'unsupported-format', 'a variable X_0, X_1, ... or Y_0'],
    ['(declare-const X_2 Int)', 'unsupported-format', 'Real at line 6'],
    ['(declare-const X_9 Real)', 'malformed-file', 'got none named X_2'],
    ['(check-sat)', 'unsupported-format', 'declare-const or assert (VNN-LIB 1)'],
    ['assert', 'malformed-file', '"("'],
    [`(assert ${'(and '.repeat(300)}`, 'unsupported-format', 'at most 200 nested parentheses'],
    [`(assert (<= ${'(- '.repeat(300)}`, 'unsupported-format', 'at most 200 nested parentheses'],
  ])('refuses %j, naming the place', (text, code, message) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  test('refuses a formula that is huge as one disjunction', () => {
    const choice = '(or (<= Y_0 0) (<= Y_1 0))';
    expect(() => read(`(assert (and ${choice.repeat(30)}))`)).toThrow(/at most 500000 constraints/);
    expect(() => read(`(assert ${choice})`.repeat(30))).toThrow(/at most 500000 constraints/);
  });

  test('refuses a file without inputs or outputs', () => {
    expect(() => readVnnlib(bytes('(declare-const X_0 Real)'))).toThrow(/declarations of Y_0/);
    expect(() => readVnnlib(bytes(''))).toThrow(/declarations of X_0/);
  });
});
