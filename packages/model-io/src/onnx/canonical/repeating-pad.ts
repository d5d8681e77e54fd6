import { int64Tensor } from '@floatpath/core';
import type { DraftNode } from '../draft.js';
import type { Reading } from '../reading.js';
import { LARGEST_MADE } from './constant.js';
import { formatShape, invalidNode, unsupportedNode, type Shape } from '../shapes.js';

const modulo = (value: number, by: number): number => ((value % by) + by) % by;

/** Which element of an axis stands at a position before, in or behind it. */
const sources: Readonly<Record<string, (at: number, extent: number) => number>> = {
  edge: (at, extent) => Math.min(Math.max(at, 0), extent - 1),
  reflect: (at, extent) => {
    const period = 2 * (extent - 1);
    const place = modulo(at, Math.max(period, 1));
    return Math.min(place, period - place);
  },
  wrap: modulo,
};

/** Pad with elements of the input itself is a Gather along each padded axis, which every engine knows. */
export function emitRepeatingPad(
  node: DraftNode,
  reading: Reading,
  mode: string,
  pads: readonly number[],
): void {
  const source = sources[mode];
  if (source === undefined) throw unsupportedNode(node, `with mode ${mode}`);
  const [x = ''] = node.inputs;
  const [output = ''] = node.outputs;
  let shape: Shape = reading.shape(x);
  const rank = shape.length;
  const axes = shape.flatMap((_, axis) => (pads[axis] || pads[axis + rank] ? [axis] : []));
  let current = x;
  for (const axis of axes) {
    const extent = Number(shape[axis]);
    const begin = pads[axis] ?? 0;
    const length = extent + begin + (pads[axis + rank] ?? 0);
    if (length > LARGEST_MADE)
      throw unsupportedNode(node, `with mode ${mode} to more than ${LARGEST_MADE} elements`);
    if (mode === 'reflect' && Math.max(begin, pads[axis + rank] ?? 0) >= extent) {
      throw invalidNode(node, `pads smaller than ${formatShape(shape)} to reflect`);
    }
    const indices = Array.from({ length }, (_, at) => source(at - begin, extent));
    const inputs = [
      current,
      reading.addConstant(`${output}_from`, int64Tensor([indices.length], indices)),
    ];
    shape = shape.map((own, i) => (i === axis ? length : own));
    current = axis === axes.at(-1) ? output : reading.freshName(`${output}_padded`);
    reading.emit(
      { ...node, op: 'Gather', inputs, outputs: [current], attributes: { axis } },
      shape,
    );
  }
  if (axes.length === 0) reading.alias(output, x);
}
