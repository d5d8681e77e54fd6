import { FloatpathError } from './errors.js';

/**
 * One unit per gate output element. Printed as `node:channel,y,x` (or `node:index` for dense layers),
 * where `node` is the name of the gate node after canonical naming.
 */
export interface Unit {
  readonly gate: string;
  /** Row-major position within one row of the gate's output. */
  readonly index: number;
}

/** `relu_1:3,5,7`: the printed id of a unit of a gate whose row shape is `rowShape`. */
export function unitId(unit: Unit, rowShape: readonly number[]): string {
  const position: number[] = [];
  let rest = unit.index;
  for (let axis = rowShape.length - 1; axis >= 0; axis -= 1) {
    const extent = rowShape[axis] ?? 1;
    position.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return `${unit.gate}:${position.join(',')}`;
}

/** The inverse of {@link unitId}. @throws {FloatpathError} `invalid-argument` on any other text */
export function parseUnitId(id: string, rowShape: readonly number[]): Unit {
  const colon = id.lastIndexOf(':');
  const position = id
    .slice(colon + 1)
    .split(',')
    .map(Number);
  const fits =
    colon > 0 &&
    position.length === rowShape.length &&
    position.every((p, axis) => Number.isInteger(p) && p >= 0 && p < (rowShape[axis] ?? 0));
  if (!fits) {
    throw new FloatpathError(
      'invalid-argument',
      `parseUnitId: expected node:position within [${rowShape.join(', ')}], got "${id}"`,
    );
  }
  const index = position.reduce((sum, p, axis) => sum * (rowShape[axis] ?? 1) + p, 0);
  return { gate: id.slice(0, colon), index };
}
