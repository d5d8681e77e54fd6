import type { FeasibleSet } from './feasible.js';
import { visitWindow, windowExtents, type ImageView } from './image-view.js';

type Box = Extract<FeasibleSet, { kind: 'box' }>;

/** Square's start in a box or linf ball: each column of each channel on one face of the box. */
export function fillStripes(
  point: Float32Array,
  { low, high }: Box,
  { channels, height, width }: ImageView,
  uniforms: Float64Array,
): void {
  for (let i = 0; i < channels * height * width; i += 1) {
    const stripe = Math.floor(i / (height * width)) * width + (i % width);
    point[i] = ((uniforms[stripe] as number) < 0.5 ? low : high)[i] as number;
  }
}

/** Square's step: one window of every channel moves to one face of the box. Uniforms: row, column, a sign per channel. */
export function fillSquare(
  point: Float32Array,
  { low, high }: Box,
  view: ImageView,
  share: number,
  uniforms: Float64Array,
): void {
  const extents = windowExtents(view, share * view.height * view.width, false);
  const [down = 0, right = 0] = uniforms;
  const top = Math.floor(down * (view.height - extents.rows + 1));
  const left = Math.floor(right * (view.width - extents.columns + 1));
  for (let channel = 0; channel < view.channels; channel += 1) {
    const face = (uniforms[2 + channel] as number) < 0.5 ? low : high;
    visitWindow(view, { ...extents, top, left }, channel, (i) => {
      point[i] = face[i] as number;
    });
  }
}
