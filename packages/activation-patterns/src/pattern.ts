import { FloatpathError, type Unit } from '@floatpath/core';
import { unitAt, type PatternLayout } from './layout.js';

/**
 * An activation pattern: the selection of every unit, packed. Bit plane p holds bit p of every unit's piece number, unit i at bit i % 8 of byte
 * floor(i / 8); two-piece gates need one plane.
 */
export type Pattern = Uint8Array;

function planesOf(layout: PatternLayout): number {
  const pieces = Math.max(2, ...layout.gates.map((gate) => gate.pieces));
  return Math.ceil(Math.log2(pieces));
}

const planeBytes = (layout: PatternLayout): number => Math.ceil(layout.units / 8);

/** Length of a pattern of this network. */
export function patternBytes(layout: PatternLayout): number {
  return planesOf(layout) * planeBytes(layout);
}

/** Packs the selections of all units, in the stable order. */
export function packPattern(layout: PatternLayout, selections: Uint16Array): Pattern {
  if (selections.length !== layout.units) {
    throw new FloatpathError(
      'shape-mismatch',
      `packPattern: expected selections of ${layout.units} units, got ${selections.length}`,
    );
  }
  const bytes = planeBytes(layout);
  const pattern = new Uint8Array(patternBytes(layout));
  for (let at = 0; at < pattern.length; at += 1) {
    const plane = Math.floor(at / bytes);
    const first = 8 * (at % bytes);
    for (let bit = 0; bit < 8; bit += 1) {
      pattern[at]! |= (((selections[first + bit] ?? 0) >>> plane) & 1) << bit;
    }
  }
  return pattern;
}

/** The inverse of {@link packPattern}. */
export function unpackPattern(layout: PatternLayout, pattern: Pattern): Uint16Array {
  if (pattern.length !== patternBytes(layout)) {
    throw new FloatpathError(
      'shape-mismatch',
      `unpackPattern: expected a pattern of ${patternBytes(layout)} bytes, got ${pattern.length}; it is of another network`,
    );
  }
  const bytes = planeBytes(layout);
  const planes = planesOf(layout);
  return Uint16Array.from({ length: layout.units }, (_, i) => {
    let piece = 0;
    for (let plane = 0; plane < planes; plane += 1) {
      piece |= (((pattern[plane * bytes + (i >>> 3)] ?? 0) >>> (i & 7)) & 1) << plane;
    }
    return piece;
  });
}

/** One bit per unit: whether two patterns select differently there. */
function differences(layout: PatternLayout, a: Pattern, b: Pattern): Uint8Array {
  const length = patternBytes(layout);
  if (a.length !== length || b.length !== length) {
    throw new FloatpathError(
      'shape-mismatch',
      `pattern: expected patterns of ${length} bytes, got ${a.length} and ${b.length}; patterns of different networks cannot be compared`,
    );
  }
  const bits = new Uint8Array(planeBytes(layout));
  for (let at = 0; at < length; at += 1) {
    bits[at % bits.length]! |= (a[at] as number) ^ (b[at] as number);
  }
  return bits;
}

/** Hamming distance: the number of units that select differently. */
export function patternDistance(layout: PatternLayout, a: Pattern, b: Pattern): number {
  let distance = 0;
  for (const byte of differences(layout, a, b)) {
    for (let rest = byte; rest !== 0; rest &= rest - 1) distance += 1;
  }
  return distance;
}

/** The units that select differently, in the stable order. */
export function patternDiff(layout: PatternLayout, a: Pattern, b: Pattern): Unit[] {
  const bits = differences(layout, a, b);
  const units: Unit[] = [];
  for (let i = 0; i < layout.units; i += 1) {
    if (((bits[i >>> 3] as number) >>> (i & 7)) & 1) units.push(unitAt(layout, i));
  }
  return units;
}

/** The units marked in any of several sets. @throws {FloatpathError} `shape-mismatch` for sets of different networks */
export function unionOfUnits(sets: readonly [Uint8Array, ...Uint8Array[]]): Uint8Array {
  const [first, ...rest] = sets;
  for (const { length } of rest) {
    if (length === first.length) continue;
    throw new FloatpathError(
      'shape-mismatch',
      `unionOfUnits: expected sets of ${first.length} units, got ${length}; sets of different networks have no union`,
    );
  }
  return first.map((mark, i) => (mark || rest.some((set) => set[i]) ? 1 : 0));
}
