import { FloatpathError, requireArgument } from './errors.js';
import { sizeOf } from './tensor.js';

/**
 * One unit per gate output element. Printed as `node:channel,y,x` (`node:index` for dense layers, `node:0` for a
 * gate whose row is one number), where `node` is the name of the gate node after canonical naming.
 */
export interface Unit {
  readonly gate: string;
  /** Row-major position within one row of the gate's output. */
  readonly index: number;
}

/**
 * `relu_1:3,5,7`: the printed id of a unit of a gate whose row shape is `rowShape`.
 *
 * @throws {FloatpathError} `invalid-argument` if the row has no such unit
 */
export function unitId(unit: Unit, rowShape: readonly number[]): string {
  const size = sizeOf(rowShape);
  requireArgument(
    Number.isInteger(unit.index) && unit.index >= 0 && unit.index < size,
    `unitId: expected an index in [0, ${size}) for gate "${unit.gate}", got ${unit.index}`,
  );
  const position: number[] = [];
  let rest = unit.index;
  for (const extent of [...printedShape(rowShape)].reverse()) {
    position.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return `${unit.gate}:${position.join(',')}`;
}

/** The inverse of {@link unitId}. @throws {FloatpathError} `invalid-argument` on any other text */
export function parseUnitId(id: string, rowShape: readonly number[]): Unit {
  const shape = printedShape(rowShape);
  const colon = id.lastIndexOf(':');
  const words = id.slice(colon + 1).split(',');
  const position = words.map(Number);
  const fits =
    colon > 0 &&
    position.length === shape.length &&
    words.every((word, axis) => /^(0|[1-9]\d*)$/.test(word) && Number(word) < (shape[axis] ?? 0));
  if (!fits) {
    throw new FloatpathError(
      'invalid-argument',
      `parseUnitId: expected node:position within [${rowShape.join(', ')}], got "${id}"`,
    );
  }
  const index = position.reduce((sum, p, axis) => sum * (shape[axis] ?? 1) + p, 0);
  return { gate: id.slice(0, colon), index };
}

function printedShape(rowShape: readonly number[]): readonly number[] {
  return rowShape.length === 0 ? [1] : rowShape;
}
