import type { Norm } from '@floatpath/core';

export interface Hyperplane {
  readonly slope: Float32Array;
  /** slope . point - level at the point that is moved. */
  readonly gap: number;
}

/** Where a point may go, coordinate by coordinate. */
export interface BoxBounds {
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/**
 * The smallest change, in `norm`, that brings `from` onto a hyperplane without leaving the box: exact in real numbers. Where the box does
 * not reach the hyperplane, the change to the corner nearest to it.
 *
 * linf: every coordinate moves by t, or as far as it can. l2: by t |slope_i|, or as far as it can. Both t are found by fixing
 * the coordinates that run out of room, of which each round finds more until none is left. l1: the coordinates of the largest
 * slopes move as far as they can, one after the other.
 *
 * @see Croce, Hein 2020, "Minimally distorted adversarial examples with a fast adaptive boundary attack", section 2.2
 */
export function hyperplaneOffset(
  from: Float32Array,
  { slope, gap }: Hyperplane,
  { low, high }: BoxBounds,
  norm: Norm,
): Float64Array {
  const size = from.length;
  const pace = new Float64Array(size);
  const room = new Float64Array(size);
  const upward = gap < 0;
  for (let i = 0; i < size; i += 1) {
    const own = slope[i] as number;
    if (own === 0) continue;
    pace[i] = Math.abs(own);
    const here = from[i] as number;
    room[i] = own > 0 === upward ? (high[i] as number) - here : here - (low[i] as number);
  }
  if (norm === 'l1') fillGreedyLengths(room, pace, Math.abs(gap));
  else fillLevelLengths(room, pace, Math.abs(gap), norm);
  for (let i = 0; i < size; i += 1) {
    if ((slope[i] as number) > 0 !== upward) room[i] = -(room[i] as number);
  }
  return room;
}

/** Turns the room of each coordinate into the length that it moves. */
function fillLevelLengths(
  room: Float64Array,
  pace: Float64Array,
  wanted: number,
  norm: 'linf' | 'l2',
): void {
  const moving = new Int32Array(room.length);
  let count = 0;
  for (let i = 0; i < room.length; i += 1) {
    if ((pace[i] as number) > 0) moving[count++] = i;
  }
  let rest = wanted;
  while (count > 0) {
    let gain = 0;
    for (let k = 0; k < count; k += 1) {
      const own = pace[moving[k] as number] as number;
      gain += norm === 'linf' ? own : own * own;
    }
    const level = Math.max(0, rest / gain);
    let left = 0;
    for (let k = 0; k < count; k += 1) {
      const i = moving[k] as number;
      const own = pace[i] as number;
      const most = room[i] as number;
      if ((norm === 'linf' ? level : level * own) < most) moving[left++] = i;
      else rest -= own * most;
    }
    if (left === count) {
      for (let k = 0; k < count; k += 1) {
        const i = moving[k] as number;
        room[i] = norm === 'linf' ? level : level * (pace[i] as number);
      }
      return;
    }
    count = left;
  }
}

function fillGreedyLengths(room: Float64Array, pace: Float64Array, wanted: number): void {
  const order = Array.from(pace.keys()).sort((a, b) => (pace[b] as number) - (pace[a] as number));
  let rest = wanted;
  for (const i of order) {
    const own = pace[i] as number;
    const length = own > 0 && rest > 0 ? Math.min(room[i] as number, rest / own) : 0;
    room[i] = length;
    rest -= own * length;
  }
}
