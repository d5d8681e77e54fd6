import { FloatpathError } from '@floatpath/core';
import type { ChoiceLines } from './choice-lines.js';
import { lowerOverRegion } from './concretize.js';
import type { GateLines } from './lines.js';
import type { PreparedBounds, ValueId } from './prepare.js';
import { createRows, fromOutputs, LANES, laneOf, type Rows } from './rows.js';
import type { InputRegion } from './region.js';
import type { RowSlopes } from './row-slopes.js';

/** A linear function of values of the network. */
export interface LinearRow {
  readonly terms: readonly {
    readonly value: ValueId;
    readonly index: number;
    readonly weight: number;
  }[];
}

/** What is known so far: lines of the gates passed, and roundoff of the affine nodes. */
export interface Relaxation {
  readonly region: InputRegion;
  /** Per step of the analysis, at gates. */
  readonly lines: (GateLines | ChoiceLines | undefined)[];
  /** Per value made by an affine node: kappa (|W||h| + |b|). */
  readonly slack: (Float64Array | undefined)[];
}

/** Substitutes rows back to the input. */
export interface Substitution {
  /** Coefficients per value, as the last call to `lower` left them; only with `slopes`. */
  readonly rows: readonly Rows[];
  /**
   * Lower bounds over the region of at most {@link LANES} rows, whose terms are values made before step `end`.
   *
   * @param slopes - of units that are not fixed, row by row; the lines' own where absent
   */
  lower(
    relaxation: Relaxation,
    rows: readonly LinearRow[],
    end: number,
    slopes?: RowSlopes,
  ): Float64Array;
  /** Forgets the coefficients that a call with `slopes` left. */
  clear(): void;
}

/**
 * Bounds linear functions of values by CROWN's backward substitution: a row of coefficients goes back through the affine
 * nodes' maps and the gates' lines (the lower line where the coefficient is positive, the upper one where it is negative)
 * until it is linear in the input. Only elements with coefficients are visited, so that a row costs its receptive field.
 *
 * @see Zhang et al. 2018 (CROWN), Theorem 3.2; Singh et al. 2019 (DeepPoly), section 4
 */
export function createSubstitution(prepared: PreparedBounds): Substitution {
  const rows = prepared.sizes.map((size) => createRows(size));
  const clear = (): void => {
    for (const of of rows) of.clear();
  };
  return {
    rows,
    clear,
    lower(relaxation, linear, end, slopes) {
      clear();
      linear.forEach(({ terms }, lane) => {
        for (const { value, index, weight } of terms) {
          const of = rows[value] as Rows;
          of.touch(index);
          of.data[index * LANES + lane]! += weight;
        }
      });
      const sum = new Float64Array(LANES);
      for (let s = end - 1; s >= 0; s -= 1) {
        const step = prepared.steps[s];
        if (step === undefined) continue;
        if (step.kind === 'affine') {
          for (const { value, offset } of step.outputs) {
            addOffsets(rows[value] as Rows, offset, relaxation.slack[value], sum);
          }
          for (const { input, output, map } of step.maps) {
            fromOutputs(map, rows[output] as Rows, rows[input] as Rows);
          }
        } else {
          const lines = relaxation.lines[s];
          const from = rows[step.output] as Rows;
          if (from.count() === 0) continue;
          if (lines === undefined) throw new FloatpathError('invalid-argument', missing);
          const into = (slot: number): Rows => rows[step.inputs[slot] as number] as Rows;
          if (lines.kind === 'choice') throughChoice(lines, from, into, sum);
          else if (slopes === undefined) throughLines(lines, from, into(0), sum);
          else slopes.through(s, lines, from, into(0), sum);
        }
      }
      const input = rows[0] as Rows;
      const elements = input.elements();
      const bounds = sum.map((total, lane) =>
        lane < linear.length
          ? total +
            lowerOverRegion(
              relaxation.region,
              elements,
              laneOf(input, elements, lane),
              prepared.kappa,
            )
          : 0,
      );
      if (slopes === undefined) clear();
      // An overflow on the way proves nothing. 1e-290: what underflow may have taken.
      return bounds.map((bound) => (Number.isNaN(bound) ? -Infinity : bound - 1e-290));
    },
  };
}

const missing =
  'substitution: expected lines for every gate before the rows; bound the gates in order';

function addOffsets(
  { data, list, count }: Rows,
  offset: Float64Array,
  slack: Float64Array | undefined,
  sum: Float64Array,
): void {
  const total = count();
  for (let n = 0; n < total; n += 1) {
    const i = list[n] as number;
    const b = offset[i] as number;
    const e = slack?.[i] ?? 0;
    for (let lane = 0; lane < LANES; lane += 1) {
      const a = data[i * LANES + lane] as number;
      sum[lane]! += a * b - Math.abs(a) * e;
    }
  }
}

function throughLines(lines: GateLines, from: Rows, into: Rows, sum: Float64Array): void {
  const { lowSlope, lowOffset, highSlope, highOffset } = lines;
  const { data, list } = from;
  const total = from.count();
  for (let n = 0; n < total; n += 1) {
    const i = list[n] as number;
    const [ls, lo] = [lowSlope[i] as number, lowOffset[i] as number];
    const [hs, ho] = [highSlope[i] as number, highOffset[i] as number];
    if (ls === 0 && hs === 0 && lo === 0 && ho === 0) continue;
    into.touch(i);
    for (let lane = 0; lane < LANES; lane += 1) {
      const at = i * LANES + lane;
      const a = data[at] as number;
      if (a > 0) {
        into.data[at]! += a * ls;
        sum[lane]! += a * lo;
      } else if (a < 0) {
        into.data[at]! += a * hs;
        sum[lane]! += a * ho;
      }
    }
  }
}

function throughChoice(
  lines: ChoiceLines,
  from: Rows,
  into: (slot: number) => Rows,
  sum: Float64Array,
): void {
  for (const i of from.elements()) {
    for (let lane = 0; lane < LANES; lane += 1) {
      const a = from.data[i * LANES + lane] as number;
      if (a === 0) continue;
      const line = (a > 0 ? lines.low : lines.high)[i];
      if (line === undefined) continue;
      sum[lane]! += a * line.offset;
      for (const { slot, index, weight } of line.terms) {
        const rows = into(slot);
        rows.touch(index);
        rows.data[index * LANES + lane]! += a * weight;
      }
    }
  }
}
