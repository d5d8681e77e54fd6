import { DEEPEST, difference, readTerm, type LinearExpression } from './linear.js';
import type { Scanner, Token } from './scanner.js';

/** `expression <= 0`, or `< 0`. */
export interface Atom {
  readonly expression: LinearExpression;
  readonly strict: boolean;
}

/** Met where all atoms of at least one conjunction hold. */
export type Disjunction = readonly (readonly Atom[])[];

/** Atoms of all conjunctions together. */
const MOST_ATOMS = 500_000;

const comparisons: Readonly<
  Record<string, (left: LinearExpression, right: LinearExpression) => Atom[]>
> = {
  '<=': (left, right) => [{ expression: difference(left, right), strict: false }],
  '>=': (left, right) => [{ expression: difference(right, left), strict: false }],
  '<': (left, right) => [{ expression: difference(left, right), strict: true }],
  '>': (left, right) => [{ expression: difference(right, left), strict: true }],
  '=': (left, right) => [
    { expression: difference(left, right), strict: false },
    { expression: difference(right, left), strict: false },
  ],
};

/** All pairs of conjunctions. @throws {FloatpathError} `unsupported-format` if they are too many */
export function both(a: Disjunction, b: Disjunction, scanner: Scanner, token: Token): Disjunction {
  const atoms = (d: Disjunction): number => d.reduce((sum, { length }) => sum + length, 0);
  if (a.length * atoms(b) + b.length * atoms(a) > MOST_ATOMS)
    throw scanner.unsupported(
      token,
      `a formula of at most ${MOST_ATOMS} constraints when written as one disjunction`,
    );
  return a.flatMap((left) => b.map((right) => [...left, ...right]));
}

function conjunction(parts: readonly Disjunction[], scanner: Scanner, token: Token): Disjunction {
  // Single conjunctions first and in one go: a box of thousands of bounds is not copied per bound.
  const single = parts.flatMap((part) => (part.length === 1 ? (part[0] ?? []) : []));
  return parts
    .filter((part) => part.length !== 1)
    .reduce((all, part) => both(all, part, scanner, token), [single] as Disjunction);
}

/** Reads a formula: comparisons of linear terms under `and` and `or`, as a disjunction of conjunctions. */
export function readFormula(
  scanner: Scanner,
  declared: ReadonlySet<string>,
  depth = 0,
): Disjunction {
  const opening = scanner.peek();
  scanner.expect('(');
  if (depth >= DEEPEST && opening !== undefined)
    throw scanner.unsupported(opening, `at most ${DEEPEST} nested parentheses`);
  const operator = scanner.take('and, or or a comparison');
  if (operator.text === 'and' || operator.text === 'or') {
    const parts: Disjunction[] = [];
    while (scanner.peek()?.text === '(') parts.push(readFormula(scanner, declared, depth + 1));
    scanner.expect(')');
    if (parts.length === 0) throw scanner.malformed(operator, 'a formula with parts');
    return operator.text === 'or' ? parts.flat() : conjunction(parts, scanner, operator);
  }
  const compare = Object.hasOwn(comparisons, operator.text)
    ? comparisons[operator.text]
    : undefined;
  if (compare === undefined) throw scanner.unsupported(operator, 'one of and, or, <=, >=, <, >, =');
  const left = readTerm(scanner, declared, depth);
  const right = readTerm(scanner, declared, depth);
  scanner.expect(')');
  return [compare(left, right)];
}
