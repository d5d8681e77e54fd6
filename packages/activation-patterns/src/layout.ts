import { FloatpathError, unitId, type Unit } from '@floatpath/core';
import type { Gate } from '@floatpath/engine';

/** Where a gate's units are in a pattern. */
export interface GateLayout {
  /** Name of the gate node. */
  readonly name: string;
  readonly rowShape: readonly number[];
  /** Position of the gate's first unit among all units of the network. */
  readonly start: number;
  readonly units: number;
  /** Number of affine maps that a unit selects from: 2 for Relu. */
  readonly pieces: number;
}

/** The stable order of all units: gates in topological order, units row-major within a gate. */
export interface PatternLayout {
  readonly gates: readonly GateLayout[];
  readonly units: number;
}

/** Selections are kept in 16 bits. */
const MOST_PIECES = 65_536;

/** The layout of `gates`. @throws {FloatpathError} `unsupported-op` for a gate of more than 65 536 pieces */
export function layoutOf(gates: readonly Gate[]): PatternLayout {
  let start = 0;
  const placed = gates.map(({ node, rowShape, units, pieces }) => {
    if (pieces > MOST_PIECES) {
      throw new FloatpathError(
        'unsupported-op',
        `analyze: expected a gate of at most ${MOST_PIECES} pieces, got ${pieces} at node "${node.name}"`,
      );
    }
    const gate = { name: node.name, rowShape, start, units, pieces };
    start += units;
    return gate;
  });
  return { gates: placed, units: start };
}

/** The unit at a position of the stable order. */
export function unitAt(layout: PatternLayout, position: number): Unit {
  const gate = layout.gates.findLast(({ start, units }) => start <= position && units > 0);
  if (gate === undefined || position >= gate.start + gate.units) {
    throw new FloatpathError(
      'invalid-argument',
      `unitAt: expected a position below ${layout.units}, got ${position}`,
    );
  }
  return { gate: gate.name, index: position - gate.start };
}

/** Printed ids (`relu_1:3,5,7`) of the units marked in `marks`. */
export function unitIds(layout: PatternLayout, marks: Uint8Array): string[] {
  return layout.gates.flatMap(({ name, rowShape, start, units }) =>
    Array.from({ length: units }, (_, index) => index)
      .filter((index) => marks[start + index])
      .map((index) => unitId({ gate: name, index }, rowShape)),
  );
}

/** The part of a value per unit that belongs to the `gate`-th gate, sharing memory. */
export function gatePart<T extends Uint8Array | Uint16Array>(
  layout: PatternLayout,
  gate: number,
  values: T,
): T {
  const { start = 0, units = 0 } = layout.gates[gate] ?? {};
  return values.subarray(start, start + units) as T;
}
