import { FloatpathError } from '@floatpath/core';
import { gunzipIfNeeded } from '../datasets/gunzip.js';
import { plainBytes } from '../plain-bytes.js';
import { caseOf, unbounded } from './cases.js';
import { both, readFormula, type Disjunction } from './formula.js';
import { createScanner, type Scanner, type Token } from './scanner.js';
import type { VnnlibCase, VnnlibSpec } from './spec.js';

/** The most text that a gzipped file may hold. */
const LARGEST = 64 * 2 ** 20;
/** Bounds and shared constraints of all cases together; a case with bounds of its own has a pair of them per input. */
const MOST_BOUNDS = 4_000_000;

/** Takes `X_0 Real)` after `(declare-const`. */
function readDeclaration(scanner: Scanner, declared: Set<string>): void {
  const name = scanner.take('a variable');
  if (!/^[XY]_(0|[1-9]\d{0,8})$/.test(name.text))
    throw scanner.unsupported(name, 'a variable X_0, X_1, ... or Y_0, Y_1, ...');
  if (declared.has(name.text)) throw scanner.malformed(name, 'a variable not declared before');
  const sort = scanner.take('Real');
  if (sort.text !== 'Real') throw scanner.unsupported(sort, 'Real');
  scanner.expect(')');
  declared.add(name.text);
}

/** Number of variables of a letter. @throws {FloatpathError} `malformed-file` if numbers are left out */
function countOf(declared: ReadonlySet<string>, letter: 'X' | 'Y'): number {
  const count = [...declared].filter((name) => name.startsWith(letter)).length;
  for (let i = 0; i < count; i += 1) {
    if (declared.has(`${letter}_${i}`)) continue;
    throw new FloatpathError(
      'malformed-file',
      `readVnnlib: expected ${count} variables ${letter}_0 to ${letter}_${count - 1}, got none named ${letter}_${i}`,
    );
  }
  if (count > 0) return count;
  throw new FloatpathError(
    'malformed-file',
    `readVnnlib: expected declarations of ${letter}_0, ${letter}_1, ..., got none`,
  );
}

interface Assertions {
  /** Conjunctions that hold everywhere, and those of which one must hold. */
  readonly always: Disjunction[number][];
  readonly choices: { readonly formula: Disjunction; readonly token: Token }[];
}

function readStatement(scanner: Scanner, declared: Set<string>, found: Assertions): void {
  scanner.expect('(');
  const command = scanner.take('declare-const or assert');
  if (command.text === 'declare-const') readDeclaration(scanner, declared);
  else if (command.text === 'assert') {
    const formula = readFormula(scanner, declared);
    scanner.expect(')');
    const [only] = formula;
    if (formula.length === 1 && only !== undefined) found.always.push(only);
    else found.choices.push({ formula, token: command });
  } else throw scanner.unsupported(command, 'declare-const or assert (VNN-LIB 1)');
}

/**
 * Reads a VNN-LIB 1 file, gzipped or not: real variables X_i and Y_j, the network's input and output in row-major order, and
 * assertions that describe its *unsafe* set; linear comparisons of X and Y, mixed at will, under `and` and `or`.
 *
 * Numbers become the nearest float64; where an assertion adds or multiplies constants, each operation rounds once more. Bounds of
 * a single input make a case's box, everything else its constraints. The units are those of the network's own input.
 *
 * @throws {FloatpathError} `malformed-file`, `unsupported-format` (other commands, sorts and operators, products of variables),
 * each naming line and column
 * @see Demarchi, Guidotti, Pulina, Tacchella 2023, Supporting Standardization of Neural Networks Verification with VNNLIB and CoCoNet
 */
export function readVnnlib(file: Uint8Array): VnnlibSpec {
  const bytes = gunzipIfNeeded('readVnnlib', plainBytes(file), () => LARGEST);
  const scanner = createScanner(new TextDecoder().decode(bytes));
  const declared = new Set<string>();
  const found: Assertions = { always: [], choices: [] };
  while (scanner.peek() !== undefined) readStatement(scanner, declared, found);
  const inputs = countOf(declared, 'X');
  const outputs = countOf(declared, 'Y');
  const shared = caseOf(unbounded(inputs), found.always.flat());
  if (shared === undefined) return { inputs, outputs, cases: [] };
  const conjunctions = found.choices.reduce<Disjunction>(
    (all, { formula, token }) => both(all, formula, scanner, token),
    [[]],
  );
  const cases: VnnlibCase[] = [];
  let bounds = 0;
  for (const atoms of conjunctions) {
    const made = caseOf(shared, atoms);
    if (made === undefined) continue;
    bounds += shared.constraints.length + (made.low === shared.low ? 0 : inputs);
    if (bounds > MOST_BOUNDS) {
      throw new FloatpathError(
        'unsupported-format',
        `readVnnlib: expected at most ${MOST_BOUNDS} bounds in all cases together, got more`,
      );
    }
    cases.push(made);
  }
  return { inputs, outputs, cases };
}
