import type { FeasibleSet } from './feasible.js';
import { windowExtents, type ImageView } from './image-view.js';
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
      const { rows, columns } = windowExtents(view, share * height * width, false);
      const top = Math.floor((uniforms[0] as number) * (height - rows + 1));
      const left = Math.floor((uniforms[1] as number) * (width - columns + 1));
      point.set(held);
      for (let channel = 0; channel < channels; channel += 1) {
        const face = (uniforms[2 + channel] as number) < 0.5 ? low : high;
        for (let row = 0; row < rows; row += 1) {
          const first = (channel * height + top + row) * width + left;
          for (let i = first; i < first + columns; i += 1) point[i] = face[i] as number;
        }
      }
    },
    hold: (point) => held.set(point),
  };
}
