import type { Norm } from '@floatpath/core';

export interface Hyperplane {
  readonly slope: Float32Array;
  /** slope . point - level at the point that is moved. */
  readonly gap: number;
}

/** Where a point may go, coordinate by coordinate: finite values. */
export interface BoxBounds {
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** Memory that many projections share: allocating it takes as long as a projection. */
export interface Workspace {
  /** The answer, as far as every coordinate can go at first. */
  readonly offset: Float64Array;
  /** Of each coordinate that still moves freely: where it is, what a level of 1 gains, the level at its edge. */
  readonly places: Int32Array;
  readonly gains: Float64Array;
  readonly edges: Float64Array;
}

export function workspaceOf(size: number): Workspace {
  return {
    offset: new Float64Array(size),
    places: new Int32Array(size),
    gains: new Float64Array(size),
    edges: new Float64Array(size),
  };
}

/**
 * Two workspaces for all rows of an attack, which never need them at the same time: what many rows touch in turn
 * should fit into the processor's caches.
 */
export function sharedWorkspaces(): (size: number) => readonly [Workspace, Workspace] {
  let made: readonly [Workspace, Workspace] | undefined;
  return (size) => {
    if (made?.[0].offset.length !== size) made = [workspaceOf(size), workspaceOf(size)];
    return made;
  };
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
  workspace: Workspace = workspaceOf(from.length),
): Float64Array {
  const upward = gap < 0 ? 1 : -1;
  if (norm === 'l1') {
    fillFullOffsets(from, slope, upward, { low, high }, workspace);
    shortenGreedily(workspace.offset, slope, Math.abs(gap));
  } else {
    const count = fillFullOffsets(from, slope, upward, { low, high }, workspace, norm);
    shortenToLevel(workspace, slope, gap, norm, count);
  }
  return workspace.offset;
}

/**
 * Lets every coordinate go as far as it can, and lists those that can go anywhere.
 *
 * Signs of slopes, and which coordinate runs out of room first, are as good as random: a branch there costs more than all the
 * arithmetic, so comparisons are used as numbers.
 *
 * @returns how many are listed
 */
function fillFullOffsets(
  from: Float32Array,
  slope: Float32Array,
  upward: number,
  { low, high }: BoxBounds,
  { offset, places, gains, edges }: Workspace,
  norm: Norm = 'linf',
): number {
  const squared = norm === 'l2';
  let count = 0;
  for (let i = 0; i < offset.length; i += 1) {
    const here = from[i] as number;
    const own = (slope[i] as number) * upward;
    const up = Number(own > 0) | 0;
    const down = Number(own < 0) | 0;
    const full = up * ((high[i] as number) - here) + down * ((low[i] as number) - here);
    offset[i] = full;
    const pace = Math.abs(own);
    const room = Math.abs(full);
    places[count] = i;
    gains[count] = squared ? pace * pace : pace;
    edges[count] = squared ? room / pace : room;
    count += Number(room > 0) | 0;
  }
  return count;
}

/** Coordinates that would go further than the level asks for go by the level instead. */
function shortenToLevel(
  { offset, places, gains, edges }: Workspace,
  slope: Float32Array,
  gap: number,
  norm: 'linf' | 'l2',
  listed: number,
): void {
  let rest = Math.abs(gap);
  let gain = 0;
  for (let k = 0; k < listed; k += 1) gain += gains[k] as number;
  for (let count = listed; count > 0;) {
    const level = Math.max(0, rest / gain);
    let left = 0;
    gain = 0;
    for (let k = 0; k < count; k += 1) {
      const edge = edges[k] as number;
      const own = gains[k] as number;
      const isFree = Number(level < edge) | 0;
      places[left] = places[k] as number;
      gains[left] = own;
      edges[left] = edge;
      rest -= own * edge * (1 - isFree);
      gain += own * isFree;
      left += isFree;
    }
    if (left < count) {
      count = left;
      continue;
    }
    for (let k = 0; k < count; k += 1) {
      const i = places[k] as number;
      const signed = gap < 0 ? level : -level;
      const own = slope[i] as number;
      offset[i] = norm === 'l2' ? signed * own : signed * (2 * (Number(own > 0) | 0) - 1);
    }
    return;
  }
}

function shortenGreedily(offset: Float64Array, slope: Float32Array, wanted: number): void {
  const pace = slope.map(Math.abs);
  const order = Array.from(pace.keys()).sort((a, b) => (pace[b] as number) - (pace[a] as number));
  let rest = wanted;
  for (const i of order) {
    const own = pace[i] as number;
    const most = Math.abs(offset[i] as number);
    const length = own > 0 && rest > 0 ? Math.min(most, rest / own) : 0;
    offset[i] = Math.sign(offset[i] as number) * length;
    rest -= own * length;
  }
}
