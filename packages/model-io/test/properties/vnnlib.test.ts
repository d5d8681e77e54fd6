import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readVnnlib, type VnnlibSpec } from '../../src/index.js';

/** A formula as its text and as what it means at a point. */
interface Meant {
  readonly text: string;
  holds(point: ReadonlyMap<string, number>): boolean;
}

const variables = ['X_0', 'X_1', 'Y_0', 'Y_1'];
const value = fc.integer({ min: -4, max: 4 });

const term = fc.oneof(
  fc
    .constantFrom(...variables)
    .map((name) => ({ text: name, at: (p: ReadonlyMap<string, number>) => p.get(name) ?? 0 })),
  value.map((v) => ({ text: `${v}`, at: () => v })),
  fc.tuple(value, fc.constantFrom(...variables), value).map(([a, name, b]) => ({
    text: `(+ (* ${a} ${name}) ${b})`,
    at: (p: ReadonlyMap<string, number>) => a * (p.get(name) ?? 0) + b,
  })),
);

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '=': (a, b) => a === b,
};

const atom = fc
  .tuple(fc.constantFrom(...Object.keys(comparisons)), term, term)
  .map(([operator, left, right]): Meant => ({
    text: `(${operator} ${left.text} ${right.text})`,
    holds: (p) => comparisons[operator]?.(left.at(p), right.at(p)) ?? false,
  }));

const { formula } = fc.letrec<{ formula: Meant }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    atom,
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('formula'), { minLength: 1, maxLength: 3 }))
      .map(([word, parts]): Meant => ({
        text: `(${word}\n  ${parts.map(({ text }) => text).join(' ')})`,
        holds: (p) =>
          word === 'and'
            ? parts.every((part) => part.holds(p))
            : parts.some((part) => part.holds(p)),
      })),
  ),
}));

/** Whether the point is in the set that was read; integers are exact throughout. */
function inSet({ cases }: VnnlibSpec, x: readonly number[], y: readonly number[]): boolean {
  return cases.some(
    ({ low, high, constraints }) =>
      x.every((v, i) => v >= (low[i] as number) && v <= (high[i] as number)) &&
      constraints.every(({ inputs, outputs, bound, strict }) => {
        const sum =
          inputs.reduce((s, { index, weight }) => s + weight * (x[index] as number), 0) +
          outputs.reduce((s, { index, weight }) => s + weight * (y[index] as number), 0);
        return strict ? sum < bound : sum <= bound;
      }),
  );
}

test('what is read holds at the points where the formulas hold, and at no others', () => {
  const declarations = variables.map((name) => `(declare-const ${name} Real)`).join('\n');
  let inside = 0;
  fc.assert(
    fc.property(
      fc.array(formula, { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(value, value, value, value), { minLength: 20, maxLength: 20 }),
      fc.boolean(),
      (formulas, points, gzipped) => {
        const text = `${declarations}\n${formulas.map((f) => `(assert ${f.text}) ; so`).join('\n')}`;
        const plain = new TextEncoder().encode(text);
        const spec = readVnnlib(gzipped ? gzipSync(plain) : plain);
        for (const point of points) {
          const named = new Map(variables.map((name, i) => [name, point[i] as number]));
          const meant = formulas.every((f) => f.holds(named));
          if (meant) inside += 1;
          expect(inSet(spec, point.slice(0, 2), point.slice(2))).toBe(meant);
        }
      },
    ),
  );
  // Both answers must be common, or nothing was compared.
  expect(inside).toBeGreaterThan(100);
});
