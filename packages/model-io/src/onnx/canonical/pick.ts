// Ops that pick, split or surround elements by their position.
import { float32Tensor } from '@floatpath/core';
import type { DraftNode } from '../draft.js';
import { float, integer, text } from '../node-attributes.js';
import type { OpRule } from '../reading.js';
import { fixedShape, formatShape, frontAxis, invalidNode } from '../shapes.js';
import { emitRepeatingPad } from './repeating-pad.js';
import { integerInput, statedIntegers } from './vector-input.js';

/** Gather along one axis with indices that are the same for every row. */
export const gather: OpRule = (node, reading) => {
  const [x = '', indices = ''] = node.inputs;
  const from = reading.shape(x);
  const axis = frontAxis(node, integer(node, 'axis', 0), from.length);
  fixedShape(node, from.slice(axis, axis + 1));
  const picked = fixedShape(node, reading.shape(indices));
  reading.emit({ ...node, attributes: { axis } }, [
    ...from.slice(0, axis),
    ...picked,
    ...from.slice(axis + 1),
  ]);
};

/** First and last index and number of elements of `start:end:step` on an axis, in Python's sense. */
function range(
  node: DraftNode,
  extent: number,
  start: number,
  end: number,
  step: number,
): readonly [number, number, number] {
  if (step === 0) throw invalidNode(node, 'steps other than 0');
  const front = (index: number): number => (index < 0 ? index + extent : index);
  const [low, high] = step > 0 ? [0, extent] : [-1, extent - 1];
  const clamp = (index: number): number => Math.min(Math.max(front(index), low), high);
  const first = Math.max(clamp(start), 0);
  const last = clamp(end);
  // Backward to the very front: -1 would mean the last element.
  return [first, last < 0 ? -extent - 1 : last, Math.max(Math.ceil((last - first) / step), 0)];
}

/** Slice with starts, ends, axes and steps resolved against the shape. */
export const slice: OpRule = (node, reading) => {
  const [x = '', ...given] = node.inputs;
  const from = reading.shape(x);
  const starts = statedIntegers(node, reading, 'starts', 1) ?? [];
  const ends = statedIntegers(node, reading, 'ends', 2) ?? [];
  const axes = (statedIntegers(node, reading, 'axes', 3) ?? starts.map((_, i) => i)).map((axis) =>
    frontAxis(node, axis, from.length),
  );
  const steps = statedIntegers(node, reading, 'steps', 4) ?? starts.map(() => 1);
  if (
    [ends, axes, steps].some(({ length }) => length !== starts.length) ||
    new Set(axes).size !== axes.length
  ) {
    throw invalidNode(node, 'one start, end and step for each of its axes');
  }
  // All rows, however many there are: exporters wrote 2^31 - 1 for "to the end".
  const everyRow = (i: number): boolean =>
    from[axes[i] ?? 0] === 'batch' &&
    starts[i] === 0 &&
    (ends[i] ?? 0) >= 2 ** 31 - 1 &&
    steps[i] === 1;
  const kept = axes.flatMap((_, i) => (everyRow(i) ? [] : [i]));
  const keptAxes = kept.map((i) => axes[i] ?? 0);
  const extents = fixedShape(
    node,
    keptAxes.map((axis) => from[axis] ?? 1),
  );
  const ranges = extents.map((extent, at) => {
    const i = kept[at] ?? 0;
    return range(node, extent, starts[i] ?? 0, ends[i] ?? extent, steps[i] ?? 1);
  });
  const columns: readonly (readonly [string, readonly number[]])[] = [
    ['starts', ranges.map(([first]) => first)],
    ['ends', ranges.map(([, last]) => last)],
    ['axes', keptAxes],
    ['steps', kept.map((i) => steps[i] ?? 1)],
  ];
  const inputs = columns.map(([what, values], i) =>
    integerInput(reading, given[i] ?? '', `${node.outputs[0]}_${what}`, values),
  );
  const shape = from.map((extent, axis) => ranges[keptAxes.indexOf(axis)]?.[2] ?? extent);
  reading.emit({ ...node, inputs: [x, ...inputs], attributes: {} }, shape);
};

/** Split into given sizes, or evenly into as many parts as there are outputs (the last may be smaller). */
export const split: OpRule = (node, reading) => {
  const [x = '', given = ''] = node.inputs;
  const from = reading.shape(x);
  const axis = frontAxis(node, integer(node, 'axis', 0), from.length);
  const [extent = 0] = fixedShape(node, from.slice(axis, axis + 1));
  const parts = node.outputs.length;
  const even = Math.ceil(extent / parts);
  // In opset 1 the sizes could be an input, of the data's own type.
  const floats = reading.opset < 2 ? reading.constant(given) : undefined;
  const sizes =
    (floats && Array.from(floats.data, Number)) ??
    statedIntegers(node, reading, 'split', 1) ??
    node.outputs.map((_, i) => Math.max(Math.min(even, extent - i * even), 0));
  if (
    sizes.length !== parts ||
    sizes.reduce((sum, size) => sum + size, 0) !== extent ||
    sizes.some((size) => size < 0)
  ) {
    throw invalidNode(node, `${parts} sizes that add up to ${extent}, got [${sizes.join(', ')}],`);
  }
  const input = integerInput(reading, given, `${node.outputs[0]}_split`, sizes);
  const shapes = sizes.map((size) => from.map((whole, i) => (i === axis ? size : whole)));
  reading.emit({ ...node, inputs: [x, input], attributes: { axis } }, ...shapes);
};

/** Pad with the pads of every axis and the value as inputs; both were attributes before opset 11. */
export const pad: OpRule = (node, reading) => {
  const [x = '', given = '', valueInput = '', axesInput = ''] = node.inputs;
  const from = reading.shape(x);
  const stated =
    statedIntegers(
      node,
      reading,
      node.attributes['paddings'] === undefined ? 'pads' : 'paddings',
      1,
    ) ?? [];
  const axes =
    axesInput === ''
      ? from.map((_, axis) => axis)
      : (statedIntegers(node, reading, 'axes', 3) ?? []).map((axis) =>
          frontAxis(node, axis, from.length),
        );
  if (stated.length !== 2 * axes.length) {
    throw invalidNode(
      node,
      `two pads for each of ${axes.length} axes, got [${stated.join(', ')}],`,
    );
  }
  const at = (axis: number, side: 0 | 1): number =>
    stated[axes.indexOf(axis) + side * axes.length] ?? 0;
  const pads = ([0, 1] as const).flatMap((side) =>
    from.map((_, axis) => (axes.includes(axis) ? at(axis, side) : 0)),
  );
  const shape = from.map((extent, axis) => {
    const total = (pads[axis] ?? 0) + (pads[axis + from.length] ?? 0);
    if (extent === 'batch' && pads[axis] === 0 && total === 0) return extent;
    const [fixed = 0] = fixedShape(node, [extent]);
    return fixed + total;
  });
  if (shape.some((extent) => extent !== 'batch' && extent < 1)) {
    throw invalidNode(
      node,
      `pads that leave elements of ${formatShape(from)}, got [${pads.join(', ')}],`,
    );
  }
  const mode = text(node, 'mode', 'constant');
  if (mode !== 'constant') {
    emitRepeatingPad(node, reading, mode, pads);
    return;
  }
  const legacy = reading.opset < 11 && node.attributes['value'] !== undefined;
  const value = legacy
    ? reading.addConstant(`${node.outputs[0]}_value`, float32Tensor([], [float(node, 'value', 0)]))
    : valueInput;
  const inputs = [
    x,
    integerInput(reading, given, `${node.outputs[0]}_pads`, pads),
    ...(value === '' ? [] : [value]),
  ];
  reading.emit({ ...node, inputs, attributes: { mode } }, shape);
};
