import type { FeasibleSet } from './feasible.js';
import { visitWindow, windowExtents, type ImageView } from './image-view.js';
import type { SquareWalk } from './square-walk.js';

type Box = Extract<FeasibleSet, { kind: 'box' }>;

/**
 * Square in a box or linf ball. The start puts each column of each channel on one face of the box; a step moves one window of every
 * channel to one face. Uniforms of a step: row, column, a sign per channel.
 */
export function boxWalk({ x, low, high }: Box, view: ImageView): SquareWalk {
  const { channels, height, width } = view;
  const held = x.slice();
  return {
    startUniforms: channels * width,
    stepUniforms: 2 + channels,
    start(point, uniforms) {
      for (let i = 0; i < channels * height * width; i += 1) {
        const stripe = Math.floor(i / (height * width)) * width + (i % width);
        point[i] = ((uniforms[stripe] as number) < 0.5 ? low : high)[i] as number;
      }
    },
    propose(point, share, uniforms) {
      const extents = windowExtents(view, share * height * width, false);
      const [down = 0, right = 0] = uniforms;
      const top = Math.floor(down * (height - extents.rows + 1));
      const left = Math.floor(right * (width - extents.columns + 1));
      point.set(held);
      for (let channel = 0; channel < channels; channel += 1) {
        const face = (uniforms[2 + channel] as number) < 0.5 ? low : high;
        visitWindow(view, { ...extents, top, left }, channel, (i) => {
          point[i] = face[i] as number;
        });
      }
    },
    hold: (point) => held.set(point),
  };
}
