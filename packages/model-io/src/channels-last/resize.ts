// Resizing of the plane of an image.
import { float32Tensor } from '@floatpath/core';
import { channelsFirst, type LayerGraph, type Value } from './graph.js';
import { invalidWindow, planeOf } from './windows.js';

/** Where an output pixel looks: from the first corner on, between the centers of pixels, or between the corners. */
export type Pixels = 'asymmetric' | 'half_pixel' | 'align_corners';

/** The input pixel nearest to each output pixel, as TensorFlow rounds. */
function nearest(extent: number, out: number, pixels: Pixels): readonly number[] {
  const corners = pixels === 'align_corners' && out > 1;
  const step = corners ? (extent - 1) / (out - 1) : extent / out;
  return Array.from({ length: out }, (_, i) => {
    const place = step * (pixels === 'half_pixel' ? i + 0.5 : i);
    return Math.min(extent - 1, pixels === 'align_corners' ? Math.round(place) : Math.floor(place));
  });
}

/** The smallest float32 from out / extent on by which `extent` becomes `out`. */
function scaleTo(extent: number, out: number): number {
  const scale = Math.fround(out / extent);
  return Math.floor(extent * scale) === out ? scale : Math.fround(scale * (1 + 2 ** -23));
}

/** One longer extents would be a claim of the file alone, not of its weights. */
const LONGEST = 2 ** 16;

/**
 * Nearest pixels as two picks of rows and columns, which are exact for any pair of extents; linear interpolation by factors.
 *
 * @param target - height and width
 */
export function resized(
  graph: LayerGraph,
  at: string,
  x: Value,
  target: readonly number[],
  mode: 'nearest' | 'linear',
  pixels: Pixels,
): Value {
  const [height, width, channels] = planeOf(at, x);
  if (target.some((extent) => extent < 1 || extent > LONGEST))
    throw invalidWindow(at, `extents from 1 to ${LONGEST}, got [${target.join(', ')}],`);
  const extents = [height, width];
  const rows = x.shape[0] ?? 1;
  const stored = channelsFirst(graph, x);
  if (mode === 'linear') {
    const factors = extents.map((extent, axis) => scaleTo(extent, target[axis] ?? 0));
    const scales = graph.constant(`${at}/scales`, float32Tensor([4], [1, 1, ...factors]));
    const attributes = { mode, coordinate_transformation_mode: pixels };
    const node = { at, op: 'Resize', inputs: [stored.name, '', scales], attributes };
    return graph.emit(node, [rows, ...target, channels], true);
  }
  return extents.reduce<Value>((value, extent, axis) => {
    const picked = nearest(extent, target[axis] ?? 0, pixels);
    const indices = graph.integers(`${at}/pixels`, picked);
    const node = {
      at,
      op: 'Gather',
      inputs: [value.name, indices],
      attributes: { axis: axis + 2 },
    };
    return graph.emit(
      node,
      value.shape.map((old, i) => (i === axis + 1 ? picked.length : old)),
      true,
    );
  }, stored);
}
