import type { FeasibleSet } from './feasible.js';
import { visitWindow, windowExtents, type ImageView, type Window } from './image-view.js';
import { fillProjection } from './project.js';
import { rememberedBumps, squareBump } from './square-bump.js';
import type { SquareWalk } from './square-walk.js';

type Ball = Extract<FeasibleSet, { kind: 'ball' }>;

/** A side of the grid of bumps at the start. */
const TILES = 5;

/** In units of epsilon: rounding to float32 must not push a point over the edge, from where every coordinate is rounded anew. */
const REACH = 1 - 1e-6;

function tilesOf({ height, width }: ImageView): readonly Window[] {
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

/**
 * Square in l2 and l1. The start is a grid of bumps, each of random direction and sign. In a step, what two windows and the unused
 * part of epsilon hold moves into the first, as its old content plus a bump.
 *
 * Uniforms of the start: per tile one for its direction and a sign per channel. Of a step: rows and columns of the two windows, the
 * bump's direction, a sign per channel.
 *
 * @see Andriushchenko, Croce, Flammarion, Hein 2020, "Square Attack", Algorithm 3; l1: the same with sums of magnitudes
 */
export function ballWalk(set: Ball, view: ImageView): SquareWalk {
  const squared = set.norm === 'l2';
  const mass = (value: number): number => (squared ? value * value : Math.abs(value));
  const lengthOf = (total: number): number => (squared ? Math.sqrt(total) : total);
  const bumpOf = rememberedBumps(set.norm);
  const tiles = tilesOf(view);
  /** The change at the point that is held, its mass, and room for the next one. */
  const held = new Float64Array(set.x.length);
  const offsets = new Float64Array(set.x.length);
  let heldMass = 0;

  function massOf(values: Float64Array): number {
    let total = 0;
    for (let i = 0; i < values.length; i += 1) total += mass(values[i] as number);
    return total;
  }

  /** A window of the given extents at the place that two uniforms from `first` on name. */
  function windowAt(
    { rows, columns }: Pick<Window, 'rows' | 'columns'>,
    uniforms: Float64Array,
    first: number,
  ): Window {
    const top = Math.floor((uniforms[first] as number) * (view.height - rows + 1));
    const left = Math.floor((uniforms[first + 1] as number) * (view.width - columns + 1));
    return { top, left, rows, columns };
  }

  /** Puts `offsets` onto the sphere, then into bounds. */
  function fillOnSphere(point: Float32Array, total: number): void {
    const { epsilon } = set;
    const scale = total > 0 ? (epsilon * REACH) / lengthOf(total) : 0;
    const inside = fillWithinBounds(point, offsets, scale, set);
    if (lengthOf(inside) > epsilon * (1 - 1e-7)) fillProjection(point, set);
  }

  /** Empties a window of one channel. @returns the mass that it held */
  function takeFrom({ top, left, rows, columns }: Window, channel: number): number {
    let taken = 0;
    for (let row = 0; row < rows; row += 1) {
      const first = (channel * view.height + top + row) * view.width + left;
      for (let i = first; i < first + columns; i += 1) {
        taken += mass(offsets[i] as number);
        offsets[i] = 0;
      }
    }
    return taken;
  }

  /** The old content of a window at length 1 plus a signed bump. @returns its mass */
  function mixInto(
    { top, left, rows, columns }: Window,
    channel: number,
    bump: Float64Array,
    sign: number,
    own: number,
  ): number {
    const share = own > 0 ? 1 / lengthOf(own) : 0;
    let mixed = 0;
    for (let row = 0; row < rows; row += 1) {
      const first = (channel * view.height + top + row) * view.width + left;
      for (let column = 0; column < columns; column += 1) {
        const i = first + column;
        const value = sign * (bump[row * columns + column] as number) + share * (held[i] as number);
        offsets[i] = value;
        mixed += mass(value);
      }
    }
    return mixed;
  }

  function scaleBy(factor: number, { top, left, rows, columns }: Window, channel: number): void {
    for (let row = 0; row < rows; row += 1) {
      const first = (channel * view.height + top + row) * view.width + left;
      for (let i = first; i < first + columns; i += 1) offsets[i] = factor * (offsets[i] as number);
    }
  }

  return {
    startUniforms: tiles.length * (1 + view.channels),
    stepUniforms: 5 + view.channels,
    start(point, uniforms) {
      offsets.fill(0);
      tiles.forEach((tile, at) => {
        const own = uniforms.subarray(at * (1 + view.channels), (at + 1) * (1 + view.channels));
        const bump = squareBump(tile, set.norm, (own[0] as number) < 0.5);
        for (let channel = 0; channel < view.channels; channel += 1) {
          const sign = (own[1 + channel] as number) < 0.5 ? -1 : 1;
          visitWindow(view, tile, channel, (i, place) => {
            offsets[i] = sign * (bump[place] as number);
          });
        }
      });
      fillOnSphere(point, massOf(offsets));
    },
    propose(point, share, uniforms) {
      const extents = windowExtents(view, share * view.height * view.width, true);
      const into = windowAt(extents, uniforms, 0);
      const from = windowAt(extents, uniforms, 2);
      const unused = Math.max(0, mass(set.epsilon) - heldMass);
      const bump = bumpOf(extents, (uniforms[4] as number) < 0.5);
      let total = heldMass;
      offsets.set(held);
      for (let channel = 0; channel < view.channels; channel += 1) {
        const sign = (uniforms[5 + channel] as number) < 0.5 ? -1 : 1;
        const own = takeFrom(into, channel);
        const taken = takeFrom(from, channel);
        const mixed = mixInto(into, channel, bump, sign, own);
        const wanted = mixed > 0 ? own + taken + unused / view.channels : 0;
        scaleBy(mixed > 0 ? lengthOf(wanted / mixed) : 0, into, channel);
        total += wanted - own - taken;
      }
      fillOnSphere(point, total);
    },
    hold(point) {
      heldMass = fillOffsets(held, point, set);
    },
  };
}

// The two loops over all coordinates that every query runs; with all they touch as arguments they are twice as fast.

/** point = x + scale offsets, in bounds. @returns the mass of the change */
function fillWithinBounds(
  point: Float32Array,
  offsets: Float64Array,
  scale: number,
  { x, low, high, norm }: Ball,
): number {
  const squared = norm === 'l2';
  let total = 0;
  for (let i = 0; i < point.length; i += 1) {
    const center = x[i] as number;
    const value = Math.fround(center + scale * (offsets[i] as number));
    const kept = value < low ? low : value > high ? high : value;
    point[i] = kept;
    const change = kept - center;
    total += squared ? change * change : Math.abs(change);
  }
  return total;
}

/** offsets = point - x. @returns their mass */
function fillOffsets(offsets: Float64Array, point: Float32Array, { x, norm }: Ball): number {
  const squared = norm === 'l2';
  let total = 0;
  for (let i = 0; i < offsets.length; i += 1) {
    const change = (point[i] as number) - (x[i] as number);
    offsets[i] = change;
    total += squared ? change * change : Math.abs(change);
  }
  return total;
}
