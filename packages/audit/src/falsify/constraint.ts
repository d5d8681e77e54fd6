import type { VnnlibConstraint } from '@floatpath/model-io';

type Values = ArrayLike<number>;

const UNIT_ROUNDOFF = 2 ** -53;

/** How far a constraint is from holding at inputs `x` with outputs `y`; at most 0 where it holds. */
export function violation(
  { inputs, outputs, bound }: VnnlibConstraint,
  x: Values,
  y: Values,
): number {
  let sum = -bound;
  for (const { index, weight } of inputs) sum += weight * (x[index] as number);
  for (const { index, weight } of outputs) sum += weight * (y[index] as number);
  return sum;
}

/**
 * Whether a constraint holds in real numbers at float64 inputs and outputs. Where the sum of its terms may be rounded, only
 * what is beyond the rounding error counts.
 */
export function holds(constraint: VnnlibConstraint, x: Values, y: Values): boolean {
  const { inputs, outputs, bound, strict } = constraint;
  const values = [
    ...inputs.map(({ index, weight }) => weight * (x[index] as number)),
    ...outputs.map(({ index, weight }) => weight * (y[index] as number)),
    ...(bound === 0 ? [] : [bound]),
  ];
  // The sign of a sum of two float64 values is exact, as is a product with 1 or -1.
  const exact =
    values.length <= 2 && [...inputs, ...outputs].every(({ weight }) => Math.abs(weight) === 1);
  const error = exact
    ? 0
    : 2 * values.length * UNIT_ROUNDOFF * values.reduce((sum, value) => sum + Math.abs(value), 0);
  const distance = violation(constraint, x, y) + error;
  return strict ? distance < 0 : distance <= 0;
}
