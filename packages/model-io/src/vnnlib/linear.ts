import type { Scanner, Token } from './scanner.js';

/** sum of weights times variables plus a constant; keys are `X_3`, `Y_0`. */
export interface LinearExpression {
  readonly weights: ReadonlyMap<string, number>;
  readonly constant: number;
}

/** Deeper terms and formulas are refused before they fill the call stack. */
export const DEEPEST = 200;

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const constantOf = (constant: number): LinearExpression => ({ weights: new Map(), constant });

function plus(a: LinearExpression, b: LinearExpression, sign: 1 | -1): LinearExpression {
  const weights = new Map(a.weights);
  for (const [name, weight] of b.weights) {
    const sum = (weights.get(name) ?? 0) + sign * weight;
    if (sum === 0) weights.delete(name);
    else weights.set(name, sum);
  }
  return { weights, constant: a.constant + sign * b.constant };
}

function scaled(a: LinearExpression, factor: number): LinearExpression {
  if (factor === 0) return constantOf(0);
  const weights = new Map([...a.weights].map(([name, weight]) => [name, weight * factor]));
  return { weights, constant: a.constant * factor };
}

/** The difference of two expressions. */
export const difference = (a: LinearExpression, b: LinearExpression): LinearExpression =>
  plus(a, b, -1);

/** A number as the nearest float64. @throws {FloatpathError} `malformed-file` if it is beyond them */
function numberOf(scanner: Scanner, token: Token): number {
  const value = Number(token.text);
  if (!Number.isFinite(value)) throw scanner.malformed(token, 'a number within float64');
  return value;
}

function product(
  scanner: Scanner,
  token: Token,
  factors: readonly LinearExpression[],
): LinearExpression {
  return factors.reduce((left, right) => {
    if (left.weights.size > 0 && right.weights.size > 0)
      throw scanner.unsupported(token, 'a product with at most one variable');
    return left.weights.size > 0 ? scaled(left, right.constant) : scaled(right, left.constant);
  }, constantOf(1));
}

function quotient(
  scanner: Scanner,
  token: Token,
  operands: readonly LinearExpression[],
): LinearExpression {
  const [top, bottom] = operands;
  if (top === undefined || bottom === undefined || operands.length !== 2)
    throw scanner.malformed(token, 'two operands');
  if (bottom.weights.size > 0) throw scanner.unsupported(token, 'a number to divide by');
  if (bottom.constant === 0) throw scanner.malformed(token, 'a number other than 0 to divide by');
  const divide = (value: number): number => value / bottom.constant;
  return {
    weights: new Map([...top.weights].map(([name, weight]) => [name, divide(weight)])),
    constant: divide(top.constant),
  };
}

/** Reads a term: a number, a declared variable, or a sum, difference, product or quotient that is linear. */
export function readTerm(
  scanner: Scanner,
  declared: ReadonlySet<string>,
  depth = 0,
): LinearExpression {
  const token = scanner.take('a number, a variable or "("');
  if (decimal.test(token.text)) return constantOf(numberOf(scanner, token));
  if (declared.has(token.text)) return { weights: new Map([[token.text, 1]]), constant: 0 };
  if (token.text !== '(') throw scanner.malformed(token, 'a number or a declared variable');
  if (depth >= DEEPEST) throw scanner.unsupported(token, `at most ${DEEPEST} nested parentheses`);
  const operator = scanner.take('an operator');
  const operands: LinearExpression[] = [];
  while (scanner.peek() !== undefined && scanner.peek()?.text !== ')')
    operands.push(readTerm(scanner, declared, depth + 1));
  scanner.expect(')');
  if (operands.length === 0) throw scanner.malformed(operator, 'an operator with operands');
  const [first = constantOf(0), ...rest] = operands;
  const value = (): LinearExpression => {
    switch (operator.text) {
      case '+':
        return operands.reduce((sum, next) => plus(sum, next, 1));
      case '-':
        return rest.length === 0
          ? scaled(first, -1)
          : rest.reduce((sum, next) => plus(sum, next, -1), first);
      case '*':
        return product(scanner, operator, operands);
      case '/':
        return quotient(scanner, operator, operands);
      default:
        throw scanner.unsupported(operator, 'one of + - * /');
    }
  };
  const result = value();
  if (![result.constant, ...result.weights.values()].every(Number.isFinite))
    throw scanner.malformed(operator, 'a term within float64');
  return result;
}
