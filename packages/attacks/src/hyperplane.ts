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

/** Takes the smallest float32 slope out of any box. */
const FAR = 2 ** 200;

/** Memory that many projections share: allocating it takes as long as a projection. */
export interface Workspace {
  /** The answer, as far as every coordinate can go at first. */
  readonly offset: Float64Array;
  /** Of each coordinate that still moves freely: where it is, what a level of 1 gains, the level at its edge, what the edge gains. */
  readonly places: Int32Array;
  readonly gains: Float64Array;
  readonly edges: Float64Array;
  readonly spent: Float64Array;
}

export function workspaceOf(size: number): Workspace {
  const [offset, gains, edges, spent] = [0, 0, 0, 0].map(() => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return { offset, places: new Int32Array(size), gains, edges, spent };
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
  const { offset } = workspace;
  for (let i = 0; i < offset.length; i += 1) {
    const here = from[i] as number;
    // Signs of slopes are as good as random: a branch here costs more than all the arithmetic.
    const far = (slope[i] as number) * upward * FAR;
    offset[i] = Math.max((low[i] as number) - here, Math.min((high[i] as number) - here, far));
  }
  if (norm === 'l1') shortenGreedily(offset, slope, Math.abs(gap));
  else shortenToLevel(workspace, slope, gap, norm);
  return offset;
}

/** Coordinates that would go further than the level asks for go by the level instead. */
function shortenToLevel(
  { offset, places, gains, edges, spent }: Workspace,
  slope: Float32Array,
  gap: number,
  norm: 'linf' | 'l2',
): void {
  const size = offset.length;
  let count = 0;
  let gain = 0;
  for (let i = 0; i < size; i += 1) {
    const own = Math.abs(slope[i] as number);
    if (own === 0) continue;
    const most = Math.abs(offset[i] as number);
    const free = norm === 'l2' ? own * own : own;
    places[count] = i;
    gains[count] = free;
    edges[count] = norm === 'l2' ? most / own : most;
    spent[count] = own * most;
    gain += free;
    count += 1;
  }
  let rest = Math.abs(gap);
  while (count > 0) {
    const level = Math.max(0, rest / gain);
    let left = 0;
    gain = 0;
    for (let k = 0; k < count; k += 1) {
      if (level >= (edges[k] as number)) {
        rest -= spent[k] as number;
        continue;
      }
      places[left] = places[k] as number;
      gains[left] = gains[k] as number;
      edges[left] = edges[k] as number;
      spent[left] = spent[k] as number;
      gain += gains[k] as number;
      left += 1;
    }
    if (left === count) {
      const signed = gap < 0 ? level : -level;
      for (let k = 0; k < count; k += 1) {
        const i = places[k] as number;
        const own = slope[i] as number;
        offset[i] = norm === 'l2' ? signed * own : Math.sign(own) * signed;
      }
      return;
    }
    count = left;
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
