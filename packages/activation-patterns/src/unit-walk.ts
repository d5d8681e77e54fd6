import type { Pieces } from '@floatpath/engine';
import { pieceAt } from './selected.js';

/** What one unit's pre-activation does on the segment. */
export interface UnitPath {
  /** Direct evaluations at t = 0 and t = 1. */
  readonly start: number;
  readonly end: number;
  /** Slope right after t = 0. */
  readonly slope: number;
  /** Slope changes of this unit, ascending in time: by `deltas[k]` at `times[rows[k]]`, strictly between 0 and 1. */
  readonly times: Float64Array;
  readonly rows: Int32Array;
  readonly deltas: Float64Array;
  /** Values nearer than this to a breakpoint are on it: more than the roundoff of the walk. */
  readonly tolerance: number;
}

/** Where the walk reports to. */
export interface UnitVisitor {
  /** The selection changes at `t`. */
  crossing(t: number, from: number, to: number): void;
  /** The slope of the unit's output grows by `delta` at `t`; `k` is the slope change of the input it goes with, or -1. */
  kink(t: number, k: number, delta: number): void;
}

/** The unit's output along the segment, apart from what the visitor was told. */
export interface UnitWalk {
  /** Slope of the output right after t = 0. */
  readonly slope: number;
  /** Largest absolute output. */
  readonly peak: number;
  /** |walked z(1) - direct z(1)|: the roundoff that the walk gathered. */
  readonly drift: number;
}

/** 2 j inside piece j, 2 j + 1 on breakpoint j. */
function levelOf(pieces: Pieces, z: number, tolerance: number): number {
  let level = 0;
  for (const breakpoint of pieces.breakpoints) {
    if (z > breakpoint + tolerance) level += 2;
    else if (z >= breakpoint - tolerance) return level + 1;
    else return level;
  }
  return level;
}

/**
 * The piece right after a point of level `from` on the way to level `to`. Off breakpoints it is the point's own; on one, the side
 * that the path goes to; staying on it for a whole interval is the piece that the breakpoint belongs to (z = 0 is inactive).
 */
function pieceToward({ breakpoints, upperTie }: Pieces, from: number, to: number): number {
  if (from % 2 === 0) return from / 2;
  const breakpoint = (from - 1) / 2;
  const belongsAbove = upperTie === true && breakpoint === breakpoints.length - 1;
  return breakpoint + (to > from || (to === from && belongsAbove) ? 1 : 0);
}

/**
 * Follows one unit from slope change to slope change and finds every change of its selection.
 *
 * Between two slope changes z is linear, so the levels at both ends say which pieces it passes: each once. A breakpoint that is
 * reached and left on the same side is a touch, not a flip. At t = 0 and t = 1 the selection is that of the direct evaluation.
 */
export function walkUnit(pieces: Pieces, path: UnitPath, visitor: UnitVisitor): UnitWalk {
  const { times, rows, deltas, tolerance } = path;
  const gain = (piece: number): number => pieces.slopes[piece] as number;
  const output = (piece: number, z: number): number =>
    gain(piece) * z + (pieces.offsets[piece] as number);
  let piece = pieceAt(pieces, path.start);
  let peak = Math.abs(output(piece, path.start));
  const changes = rows.length;
  if (changes === 0 && path.slope === 0) return { slope: 0, peak, drift: 0 };

  let t = 0;
  let z = path.start;
  let slope = path.slope;
  let level = levelOf(pieces, z, tolerance);
  /** Slope of the output on the last interval; unknown before the first. */
  let passed: number | undefined;
  let first = 0;
  let drift = 0;
  for (let k = 0; k <= changes; k += 1) {
    const last = k === changes;
    const until = last ? 1 : (times[rows[k] as number] as number);
    if (until > t) {
      const walked = z + slope * (until - t);
      const reached = last ? path.end : walked;
      if (last) drift = Math.abs(walked - path.end);
      const reachedLevel = levelOf(pieces, reached, tolerance);
      const entered = pieceToward(pieces, level, reachedLevel);
      const left = pieceToward(pieces, reachedLevel, level);
      if (entered !== piece) visitor.crossing(t, piece, entered);
      if (passed === undefined) first = gain(entered) * slope;
      else if (gain(entered) * slope !== passed) {
        visitor.kink(t, k - 1, gain(entered) * slope - passed);
      }
      peak = Math.max(peak, Math.abs(output(entered, z)), Math.abs(output(left, reached)));
      const direction = Math.sign(left - entered);
      for (piece = entered; piece !== left; piece += direction) {
        const at = pieces.breakpoints[direction > 0 ? piece : piece - 1] as number;
        const crossed = t + (until - t) * Math.min(1, Math.max(0, (at - z) / (reached - z)));
        const next = piece + direction;
        visitor.crossing(crossed, piece, next);
        visitor.kink(crossed, -1, (gain(next) - gain(piece)) * slope);
        peak = Math.max(peak, Math.abs(output(piece, at)));
      }
      passed = gain(left) * slope;
      t = until;
      z = reached;
      level = reachedLevel;
    }
    if (!last) slope += deltas[k] as number;
  }
  const end = pieceAt(pieces, path.end);
  if (end !== piece) visitor.crossing(1, piece, end);
  return { slope: first, peak, drift };
}
