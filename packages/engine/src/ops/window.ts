import { FloatpathError, type NetworkNode } from '@floatpath/core';
import { numberAttribute, numbersAttribute } from '../attributes.js';
import { imageShape, type ImageShape } from './convolution.js';

/** The geometry of a pooling window over two spatial axes. */
export interface WindowForm {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** top, left, bottom, right */
  readonly pads: readonly [number, number, number, number];
  readonly from: ImageShape;
  readonly to: ImageShape;
}

/** @throws {FloatpathError} `unsupported-op` unless there are two spatial axes; `invalid-network` for auto_pad */
export function windowForm(node: NetworkNode, shape: readonly number[]): WindowForm {
  const kernel = numbersAttribute(node, 'kernel_shape', []);
  if (kernel.length !== 2 || shape.length !== 4) {
    throw new FloatpathError(
      'unsupported-op',
      `${node.op}: expected two spatial axes at node "${node.name}", got input [${shape.join(', ')}]`,
    );
  }
  const autoPad = node.attributes['auto_pad'] ?? 'NOTSET';
  if (autoPad !== 'NOTSET') {
    throw new FloatpathError(
      'invalid-network',
      `${node.op}: expected explicit pads at node "${node.name}", got auto_pad ${String(autoPad)}`,
    );
  }
  const from = imageShape(node, shape);
  const strides = numbersAttribute(node, 'strides', [1, 1]) as [number, number];
  const dilations = numbersAttribute(node, 'dilations', [1, 1]) as [number, number];
  const pads = numbersAttribute(node, 'pads', [0, 0, 0, 0]) as [number, number, number, number];
  const ceil = numberAttribute(node, 'ceil_mode', 0) !== 0;
  const extent = (axis: 0 | 1, size: number): number => {
    const before = pads[axis];
    const reach = ((kernel[axis] as number) - 1) * dilations[axis] + 1;
    const steps = (size + before + pads[axis === 0 ? 2 : 3] - reach) / strides[axis];
    const count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    // A last window that would start in the padding after the input is left out.
    return ceil && (count - 1) * strides[axis] >= size + before ? count - 1 : count;
  };
  const to = { ...from, height: extent(0, from.height), width: extent(1, from.width) };
  if (!(to.height >= 1 && to.width >= 1)) {
    throw new FloatpathError(
      'invalid-network',
      `${node.op}: expected a window no larger than its padded input at node "${node.name}", got output ${to.height} x ${to.width}`,
    );
  }
  return { kernel: kernel as unknown as [number, number], strides, dilations, pads, from, to };
}

/** One position of a window. */
export interface WindowTap {
  /** Number within the window, row-major. */
  readonly tap: number;
  /** Within one plane of the input. */
  readonly position: number;
}

/** What the window of output (y, x) sees, taps ascending; padding is left out. */
export function windowTaps(form: WindowForm, y: number, x: number): WindowTap[] {
  const { kernel, strides, dilations, pads, from } = form;
  const taps: WindowTap[] = [];
  for (let ky = 0; ky < kernel[0]; ky += 1) {
    const iy = y * strides[0] + ky * dilations[0] - pads[0];
    if (iy < 0 || iy >= from.height) continue;
    for (let kx = 0; kx < kernel[1]; kx += 1) {
      const ix = x * strides[1] + kx * dilations[1] - pads[1];
      if (ix < 0 || ix >= from.width) continue;
      taps.push({ tap: ky * kernel[1] + kx, position: iy * from.width + ix });
    }
  }
  return taps;
}

/**
 * How far the last windows reach beyond the input: bottom, right; negative where they end before it does.
 */
export function reachBeyond(form: WindowForm): readonly [number, number] {
  const { kernel, strides, dilations, pads, from, to } = form;
  const reach = (axis: 0 | 1, size: number, count: number): number =>
    (count - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1 - pads[axis] - size;
  return [reach(0, from.height, to.height), reach(1, from.width, to.width)];
}
