import { float32Tensor, sizeOf } from '@floatpath/core';
import type { DraftNode } from '../draft.js';
import type { Reading } from '../reading.js';
import { unsupportedNode, type Shape } from '../shapes.js';
import { LARGEST_MADE } from './constant.js';
import type { Window } from './window.js';

/** By how much the sum of the window at every position of the output is divided. */
function divisors(
  spatial: readonly number[],
  extents: readonly number[],
  { kernel_shape, strides, dilations, pads }: Window,
  countsPads: boolean,
): Float64Array {
  const perAxis = spatial.map((extent, axis) => {
    const [low, high] = countsPads
      ? [-Infinity, extent + (pads[axis + spatial.length] ?? 0)]
      : [0, extent];
    return Array.from({ length: extents[axis] ?? 1 }, (_, at) => {
      const start = at * (strides[axis] ?? 1) - (pads[axis] ?? 0);
      const taps = Array.from(
        { length: kernel_shape[axis] ?? 1 },
        (__, k) => start + k * (dilations[axis] ?? 1),
      );
      return taps.filter((position) => position >= low && position < high).length;
    });
  });
  const counts = Float64Array.of(1);
  return perAxis.reduce(
    (all, axis) => Float64Array.from([...all].flatMap((count) => axis.map((own) => count * own))),
    counts,
  );
}

/**
 * AveragePool with dilations, which opset 19 added: a convolution per channel with equal weights, times area / count where windows
 * reach into the padding.
 */
export function emitDilatedAverage(
  node: DraftNode,
  reading: Reading,
  spatial: readonly number[],
  window: Window,
  output: Shape,
  countsPads: boolean,
): void {
  const [x = ''] = node.inputs;
  const [name = ''] = node.outputs;
  const channels = Number(output[1]);
  const extents = output.slice(2) as readonly number[];
  const area = sizeOf(window.kernel_shape);
  if (Math.max(channels * area, sizeOf(extents)) > LARGEST_MADE)
    throw unsupportedNode(node, `with dilations over more than ${LARGEST_MADE} elements`);
  // With ceil_mode the last windows may need more padding than the file states.
  const ends = spatial.map((extent, axis) => {
    const begin = window.pads[axis] ?? 0;
    const reach = ((window.kernel_shape[axis] ?? 1) - 1) * (window.dilations[axis] ?? 1) + 1;
    const last = ((extents[axis] ?? 1) - 1) * (window.strides[axis] ?? 1);
    return Math.max(window.pads[axis + spatial.length] ?? 0, last + reach - extent - begin);
  });
  const shape = [channels, 1, ...window.kernel_shape];
  const equal = float32Tensor(shape, new Float32Array(sizeOf(shape)).fill(1 / area));
  const counts = divisors(spatial, extents, window, countsPads);
  const whole = counts.every((count) => count === area);
  const sums = whole ? name : reading.freshName(`${name}_sums`);
  reading.emit(
    {
      ...node,
      op: 'Conv',
      inputs: [x, reading.addConstant(`${name}_weights`, equal)],
      outputs: [sums],
      attributes: {
        ...window,
        pads: [...window.pads.slice(0, spatial.length), ...ends],
        group: channels,
      },
    },
    output,
  );
  if (whole) return;
  const shares = float32Tensor(
    [1, 1, ...extents],
    Array.from(counts, (count) => area / count),
  );
  const inputs = [sums, reading.addConstant(`${name}_shares`, shares)];
  reading.emit({ ...node, op: 'Mul', inputs, attributes: {} }, output);
}
