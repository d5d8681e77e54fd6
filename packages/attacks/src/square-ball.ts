import type { FeasibleSet } from './feasible.js';
import { visitWindow, windowExtents, type ImageView, type Window } from './image-view.js';
import { fillProjection } from './project.js';
import { squareBump } from './square-bump.js';

type Ball = Extract<FeasibleSet, { kind: 'ball' }>;

/** A side of the grid of bumps at the start. */
const TILES = 5;

export function tilesOf({ height, width }: ImageView): readonly Window[] {
  const along = (extent: number): { size: number; starts: readonly number[] } => {
    const size = Math.max(1, Math.floor(extent / TILES));
    const count = Math.floor(extent / size);
    const first = Math.floor((extent - size * count) / 2);
    return { size, starts: Array.from({ length: count }, (_, i) => first + i * size) };
  };
  const [down, right] = [along(height), along(width)];
  return down.starts.flatMap((top) =>
    right.starts.map((left) => ({ top, left, rows: down.size, columns: right.size })),
  );
}

/** Square's start in l2 and l1: a grid of bumps. Uniforms: per tile one for its direction and a sign per channel. */
export function fillTiles(
  point: Float32Array,
  set: Ball,
  view: ImageView,
  uniforms: Float64Array,
): void {
  const offsets = new Float64Array(point.length);
  tilesOf(view).forEach((tile, at) => {
    const own = uniforms.subarray(at * (1 + view.channels), (at + 1) * (1 + view.channels));
    const bump = squareBump(tile, set.norm, (own[0] as number) < 0.5);
    for (let channel = 0; channel < view.channels; channel += 1) {
      const sign = (own[1 + channel] as number) < 0.5 ? -1 : 1;
      visitWindow(view, tile, channel, (i, place) => {
        offsets[i] = sign * (bump[place] as number);
      });
    }
  });
  fillOnSphere(point, offsets, set);
}

/**
 * Square's step in l2 and l1: what two windows and the unused part of epsilon hold moves into the first, as its old content plus a
 * bump. Uniforms: rows and columns of the two windows, the bump's direction, a sign per channel.
 *
 * @see Andriushchenko, Croce, Flammarion, Hein 2020, "Square Attack", Algorithm 3; l1: the same with sums of magnitudes
 */
export function fillMovedMass(
  point: Float32Array,
  set: Ball,
  view: ImageView,
  share: number,
  uniforms: Float64Array,
  bumpOf: typeof squareBump,
): void {
  const extents = windowExtents(view, share * view.height * view.width, true);
  const [down = 0, right = 0, fromDown = 0, fromRight = 0, turn = 0] = uniforms;
  const windowAt = (a: number, b: number): Window => ({
    ...extents,
    top: Math.floor(a * (view.height - extents.rows + 1)),
    left: Math.floor(b * (view.width - extents.columns + 1)),
  });
  const into = windowAt(down, right);
  const from = windowAt(fromDown, fromRight);
  const squared = set.norm === 'l2';
  const mass = (value: number): number => (squared ? value * value : Math.abs(value));
  const lengthOf = (total: number): number => (squared ? Math.sqrt(total) : total);
  const offsets = new Float64Array(point.length);
  let used = 0;
  for (let i = 0; i < offsets.length; i += 1) {
    const offset = (point[i] as number) - (set.x[i] as number);
    offsets[i] = offset;
    used += mass(offset);
  }
  const unused = Math.max(0, mass(set.epsilon) - used);
  const bump = bumpOf(extents, set.norm, turn < 0.5);
  for (let channel = 0; channel < view.channels; channel += 1) {
    const sign = (uniforms[5 + channel] as number) < 0.5 ? -1 : 1;
    let own = 0;
    visitWindow(view, into, channel, (i) => (own += mass(offsets[i] as number)));
    const ownLength = lengthOf(own);
    let taken = 0;
    const mixed = new Float64Array(bump.length);
    visitWindow(view, into, channel, (i, place) => {
      const old = own > 0 ? (offsets[i] as number) / ownLength : 0;
      mixed[place] = sign * (bump[place] as number) + old;
      offsets[i] = 0;
    });
    visitWindow(view, from, channel, (i) => {
      taken += mass(offsets[i] as number);
      offsets[i] = 0;
    });
    const mixedMass = mixed.reduce((sum, v) => sum + mass(v), 0);
    if (mixedMass === 0) continue;
    const scale = lengthOf((own + taken + unused / view.channels) / mixedMass);
    visitWindow(view, into, channel, (i, place) => {
      offsets[i] = scale * (mixed[place] as number);
    });
  }
  fillOnSphere(point, offsets, set);
}

function fillOnSphere(point: Float32Array, offsets: Float64Array, set: Ball): void {
  let total = 0;
  for (let i = 0; i < offsets.length; i += 1) {
    const offset = offsets[i] as number;
    total += set.norm === 'l2' ? offset * offset : Math.abs(offset);
  }
  const length = set.norm === 'l2' ? Math.sqrt(total) : total;
  const scale = length > 0 ? set.epsilon / length : 0;
  for (let i = 0; i < point.length; i += 1) {
    point[i] = (set.x[i] as number) + scale * (offsets[i] as number);
  }
  fillProjection(point, set);
}
