import type { ChoiceGate } from '@floatpath/engine';

/** What one candidate does on the segment. */
export interface CandidatePath {
  readonly piece: number;
  /** Direct evaluations at t = 0 and t = 1. */
  readonly start: number;
  readonly end: number;
  /** Slope right after t = 0. */
  readonly slope: number;
  /** Slope changes, ascending in time, strictly between 0 and 1. */
  readonly times: Float64Array;
  readonly deltas: Float64Array;
}

/** Where the walk reports to. */
export interface ChoiceVisitor {
  /** Another candidate wins from `t` on. */
  crossing(t: number, from: number, to: number): void;
  /** The slope of the unit's output grows by `delta` at `t`. */
  kink(t: number, delta: number): void;
}

/** The unit's output along the segment, apart from what the visitor was told. */
export interface ChoiceWalk {
  readonly slope: number;
  /** Largest absolute output. */
  readonly peak: number;
  /** Largest |walked value - direct value| of a candidate at t = 1. */
  readonly drift: number;
}

/**
 * Follows the envelope of a unit's candidates from slope change to slope change.
 *
 * Between two slope changes all candidates are straight lines. Where an interval starts, the winner is the one of the tied
 * candidates that ends highest, the first of those that end equally high; whoever ends higher than it overtakes it once.
 * So a candidate that touches the winner and falls back never wins. At t = 0 and t = 1 the winner is that of the direct
 * evaluation.
 *
 * @param tolerance - candidates nearer to each other than this are tied: more than the roundoff of the walk
 */
export function walkChoice(
  paths: readonly CandidatePath[],
  pick: ChoiceGate['pick'],
  tolerance: number,
  visitor: ChoiceVisitor,
): ChoiceWalk {
  const sign = pick === 'greatest' ? 1 : -1;
  const signed = (part: 'start' | 'end' | 'slope'): Float64Array =>
    Float64Array.from(paths, (path) => sign * path[part]);
  const cursors = new Int32Array(paths.length);
  const slopes = signed('slope');
  const ends = signed('end');
  let values = signed('start');
  let winner = firstBest(values, 0);
  let peak = Math.abs(values[winner] as number);
  let passed: number | undefined;
  let first = 0;
  let drift = 0;

  /** Walks the envelope of straight lines from `values` at `t` to `reached` at `until`. */
  const envelope = (t: number, until: number, reached: Float64Array): void => {
    const top = reached.reduce((most, value) => Math.max(most, value), -Infinity);
    for (let at = t; ;) {
      const entered = entering(values, reached, tolerance);
      if (entered !== winner) visitor.crossing(at, pieceOf(paths, winner), pieceOf(paths, entered));
      const gain = sign * (slopes[entered] as number);
      if (passed === undefined) first = gain;
      else if (gain !== passed) visitor.kink(at, gain - passed);
      passed = gain;
      winner = entered;
      peak = Math.max(peak, Math.abs(values[entered] as number));
      if ((reached[entered] as number) >= top - tolerance) break;
      const { share, by } = overtaking(values, reached, entered, tolerance);
      at += share * (until - at);
      values = values.map((value, j) => value + share * ((reached[j] as number) - value));
      // Rounding must not put the overtaking candidate below the one it meets.
      values[by] = values.reduce((most, value) => Math.max(most, value), -Infinity);
    }
    peak = Math.max(peak, Math.abs(top));
  };

  for (let t = 0; t < 1;) {
    let until = 1;
    paths.forEach(({ times }, j) => {
      until = Math.min(until, times[cursors[j] as number] ?? 1);
    });
    if (until > t) {
      const walked = values.map((value, j) => value + (slopes[j] as number) * (until - t));
      if (until === 1) {
        walked.forEach((value, j) => {
          drift = Math.max(drift, Math.abs(value - (ends[j] as number)));
        });
      }
      const reached = until === 1 ? ends : walked;
      envelope(t, until, reached);
      values = reached;
      t = until;
    }
    paths.forEach(({ times, deltas }, j) => {
      for (; times[cursors[j] as number] === t; cursors[j]! += 1) {
        slopes[j]! += sign * (deltas[cursors[j] as number] as number);
      }
    });
  }
  const end = firstBest(ends, 0);
  if (end !== winner) visitor.crossing(1, pieceOf(paths, winner), pieceOf(paths, end));
  return { slope: first, peak, drift };
}

const pieceOf = (paths: readonly CandidatePath[], j: number): number =>
  (paths[j] as CandidatePath).piece;

/** The first value that is within `tolerance` of the largest. */
function firstBest(values: Float64Array, tolerance: number): number {
  const top = values.reduce((most, value) => Math.max(most, value), -Infinity);
  return Math.max(
    0,
    values.findIndex((value) => value >= top - tolerance),
  );
}

/** Of the candidates tied at the top of `values`, the first that ends highest. */
function entering(values: Float64Array, reached: Float64Array, tolerance: number): number {
  const top = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const tied = reached.map((value, j) =>
    (values[j] as number) >= top - tolerance ? value : -Infinity,
  );
  return firstBest(tied, tolerance);
}

/** Which candidate first meets the winner, of those that end higher, and at what share of the way. */
function overtaking(
  values: Float64Array,
  reached: Float64Array,
  winner: number,
  tolerance: number,
): { readonly share: number; readonly by: number } {
  const [from, to] = [values[winner] as number, reached[winner] as number];
  let share = 1;
  let by = winner;
  reached.forEach((end, j) => {
    if (!(end > to + tolerance)) return;
    const behind = Math.max(0, from - (values[j] as number));
    const meets = behind / (behind + (end - to));
    if (by === winner || meets < share) [share, by] = [meets, j];
  });
  return { share, by };
}
