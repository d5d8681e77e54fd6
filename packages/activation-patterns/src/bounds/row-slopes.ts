import type { ChoiceLines } from './choice-lines.js';
import { leastPoint } from './concretize.js';
import { touch, type Slopes } from './envelope.js';
import type { GateLines } from './lines.js';
import type { LinearStep, PreparedBounds } from './prepare.js';
import { intoOutputs, laneOf, LANES, type Rows } from './rows.js';
import type { Relaxation } from './substitution.js';

/** Slopes of units that are not fixed, for every row of a substitution by itself. */
export interface RowSlopes {
  /** Puts all slopes where the lines of the gates are, for other rows. */
  restart(): void;
  /** Takes rows through the lines of a gate, with these slopes and the offsets that belong to them. */
  through(step: number, lines: GateLines, from: Rows, into: Rows, sum: Float64Array): void;
  /**
   * Moves every slope by `pace` of its range toward a greater lower bound: the direction of the bound's derivative, a (z - p),
   * with a the coefficient of the unit, z its pre-activation in the relaxed network at the input where the bound is attained
   * and p where its line touches.
   */
  ascend(relaxation: Relaxation, rows: readonly Rows[], end: number, pace: number): void;
}

interface GateSlopes {
  /** Position of the slope between the least (0) and the most (1) of its envelope. */
  readonly alpha: Float64Array;
  /** When a unit's positions were last put where its lines are. */
  readonly started: Int32Array;
  readonly slope: Float64Array;
  readonly offset: Float64Array;
  readonly point: Float64Array;
}

/** Slopes for one network, used for many rows. */
export function createRowSlopes(prepared: PreparedBounds): RowSlopes {
  const gates = new Map<number, GateSlopes>();
  const values = prepared.sizes.map((size) => new Float64Array(size * LANES));
  const slopesOf = (step: number, lines: GateLines): GateSlopes => {
    const known = gates.get(step);
    if (known !== undefined) return known;
    const units = lines.lowSlope.length;
    const numbers = (): Float64Array => new Float64Array(units * LANES);
    const made = {
      alpha: numbers(),
      started: new Int32Array(units),
      slope: numbers(),
      offset: numbers(),
      point: numbers(),
    };
    gates.set(step, made);
    return made;
  };
  let start = 0;
  return {
    restart() {
      start += 1;
    },
    through(step, lines, from, into, sum) {
      const { alpha, started, slope, offset, point } = slopesOf(step, lines);
      const { lowSlope, lowOffset, highSlope, highOffset, envelopes } = lines;
      for (const i of from.elements()) {
        const open = envelopes.get(i);
        if (open === undefined && lowSlope[i] === 0 && lowOffset[i] === 0 && highOffset[i] === 0) {
          slope.fill(0, i * LANES, (i + 1) * LANES);
          offset.fill(0, i * LANES, (i + 1) * LANES);
          continue;
        }
        into.touch(i);
        if (open !== undefined && started[i] !== start) {
          started[i] = start;
          alpha.fill(positionOf(open.envelope.below), i * LANES, (i + 1) * LANES);
        }
        for (let lane = 0; lane < LANES; lane += 1) {
          const at = i * LANES + lane;
          const a = from.data[at] as number;
          slope[at] = (a > 0 ? lowSlope[i] : highSlope[i]) as number;
          offset[at] = (a > 0 ? lowOffset[i] : highOffset[i]) as number;
          if (open !== undefined && a !== 0) {
            const { points, values: heights, below, above } = open.envelope;
            const { least, most } = a > 0 ? below : above;
            const side = a > 0 ? 1 : -1;
            const chosen = Math.min(most, least + (alpha[at] as number) * (most - least));
            const line = touch(points, heights, chosen, side);
            slope[at] = chosen;
            offset[at] = line.offset - side * open.slack;
            point[at] = line.at;
          }
          into.data[at]! += a * (slope[at] as number);
          sum[lane]! += a * (offset[at] as number);
        }
      }
    },
    ascend(relaxation, rows, end, pace) {
      fillInput(relaxation, rows[0] as Rows, values[0] as Float64Array);
      for (let s = 0; s < end; s += 1) {
        const step = prepared.steps[s];
        if (step === undefined) continue;
        if (step.kind === 'affine') {
          fillAffine(step, rows, values);
          continue;
        }
        const lines = relaxation.lines[s];
        const from = rows[step.output] as Rows;
        const out = values[step.output] as Float64Array;
        const into = (slot: number): Float64Array =>
          values[step.inputs[slot] as number] as Float64Array;
        if (lines === undefined || from.count() === 0) continue;
        if (lines.kind === 'choice') {
          fillChoice(lines, from, into, out);
          continue;
        }
        const { alpha, slope, offset, point } = slopesOf(s, lines);
        const z = into(0);
        for (const i of from.elements()) {
          const open = lines.envelopes.get(i);
          for (let at = i * LANES; at < (i + 1) * LANES; at += 1) {
            const used = slope[at] as number;
            out[at] = (used === 0 ? 0 : used * (z[at] as number)) + (offset[at] as number);
            if (open === undefined) continue;
            const a = from.data[at] as number;
            const { least, most } = a > 0 ? open.envelope.below : open.envelope.above;
            if (a === 0 || !(most > least)) continue;
            const rise = a * ((z[at] as number) - (point[at] as number));
            alpha[at] = Math.min(1, Math.max(0, (alpha[at] as number) + pace * Math.sign(rise)));
          }
        }
      }
    },
  };
}

function positionOf({ least, most, middle }: Slopes): number {
  return most > least ? (middle - least) / (most - least) : 0;
}

function fillInput(relaxation: Relaxation, rows: Rows, out: Float64Array): void {
  const elements = rows.elements();
  for (let lane = 0; lane < LANES; lane += 1) {
    const point = leastPoint(relaxation.region, elements, laneOf(rows, elements, lane));
    for (let k = 0; k < point.length; k += 1) {
      out[(elements[k] as number) * LANES + lane] = point[k] as number;
    }
  }
}

function fillAffine(
  step: LinearStep,
  rows: readonly Rows[],
  values: readonly Float64Array[],
): void {
  for (const { value, offset } of step.outputs) {
    const out = values[value] as Float64Array;
    for (const i of (rows[value] as Rows).elements()) {
      out.fill(offset[i] as number, i * LANES, (i + 1) * LANES);
    }
  }
  for (const { input, output, map } of step.maps) {
    intoOutputs(
      map,
      rows[output] as Rows,
      values[input] as Float64Array,
      values[output] as Float64Array,
    );
  }
}

function fillChoice(
  lines: ChoiceLines,
  from: Rows,
  into: (slot: number) => Float64Array,
  out: Float64Array,
): void {
  for (const i of from.elements()) {
    for (let lane = 0; lane < LANES; lane += 1) {
      const at = i * LANES + lane;
      const line = ((from.data[at] as number) > 0 ? lines.low : lines.high)[i];
      if (line === undefined || from.data[at] === 0) continue;
      out[at] = line.terms.reduce(
        (sum, { slot, index, weight }) =>
          sum + weight * (into(slot)[index * LANES + lane] as number),
        line.offset,
      );
    }
  }
}
