import type { DraftNode } from '../draft.js';
import { integer, integers, text } from '../node-attributes.js';
import { fixedShape, invalidNode, type Shape } from '../shapes.js';

/** A sliding window over the spatial axes, every attribute explicit. `pads` is all begins, then all ends. */
export interface Window {
  readonly kernel_shape: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

/** The spatial extents of `[N, C, ...]`; they must be fixed. */
export function spatialShape(node: DraftNode, shape: Shape): readonly number[] {
  if (shape.length < 3)
    throw invalidNode(node, `an input [N, C, ...spatial], got rank ${shape.length},`);
  return fixedShape(node, shape.slice(2));
}

/** Resolves `auto_pad` and the defaults for an input of spatial extents `spatial`. */
export function windowOf(
  node: DraftNode,
  spatial: readonly number[],
  kernel: readonly number[],
): Window {
  const ones = spatial.map(() => 1);
  const strides = integers(node, 'strides', ones, 1);
  const dilations = integers(node, 'dilations', ones, 1);
  const autoPad = text(node, 'auto_pad', 'NOTSET');
  const explicit = integers(
    node,
    'pads',
    [...spatial, ...spatial].map(() => 0),
    0,
  );
  if (autoPad === 'NOTSET') return { kernel_shape: kernel, strides, dilations, pads: explicit };
  if (autoPad === 'VALID') {
    return { kernel_shape: kernel, strides, dilations, pads: explicit.map(() => 0) };
  }
  if (autoPad !== 'SAME_UPPER' && autoPad !== 'SAME_LOWER') {
    throw invalidNode(node, `auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, got ${autoPad},`);
  }
  const totals = spatial.map((extent, i) => {
    const stride = strides[i] ?? 1;
    const reach = (dilations[i] ?? 1) * ((kernel[i] ?? 1) - 1) + 1;
    return Math.max((Math.ceil(extent / stride) - 1) * stride + reach - extent, 0);
  });
  const smaller = totals.map((total) => Math.floor(total / 2));
  const larger = totals.map((total) => Math.ceil(total / 2));
  const pads = autoPad === 'SAME_UPPER' ? [...smaller, ...larger] : [...larger, ...smaller];
  return { kernel_shape: kernel, strides, dilations, pads };
}

/** Spatial extents of the output. With `ceil_mode` a last window may hang over the end but must start inside. */
export function slidExtents(
  node: DraftNode,
  spatial: readonly number[],
  window: Window,
): readonly number[] {
  const ceil = integer(node, 'ceil_mode', 0) !== 0;
  const rank = spatial.length;
  return spatial.map((extent, i) => {
    const begin = window.pads[i] ?? 0;
    const padded = extent + begin + (window.pads[i + rank] ?? 0);
    const stride = window.strides[i] ?? 1;
    const steps =
      (padded - (window.dilations[i] ?? 1) * ((window.kernel_shape[i] ?? 1) - 1) - 1) / stride;
    let out = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    if (ceil && (out - 1) * stride >= extent + begin) out -= 1;
    if (steps < 0)
      throw invalidNode(node, `a window that fits the padded input of extent ${padded}`);
    return out;
  });
}
