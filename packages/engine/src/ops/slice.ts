import { FloatpathError, type NetworkNode, type Tensor } from '@floatpath/core';
import { constantNumbers, typeOf } from './operands.js';
import type { AffineOp } from './op.js';
import {
  absoluteFirst,
  asTypes,
  pickAlong,
  scatterAlong,
  takeElements,
  type Types,
} from './pick-elements.js';

interface SliceForm {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly picks: readonly number[];
}

/** ONNX Slice, axis by axis: starts and ends count from the end where negative and are clamped to the axis. */
export function sliceForms(node: NetworkNode, inputs: Types): readonly SliceForm[] {
  const { shape } = typeOf(node, inputs, 0);
  const starts = constantNumbers(node, inputs, 1);
  const ends = constantNumbers(node, inputs, 2);
  const axes = node.inputs[3] ? constantNumbers(node, inputs, 3) : starts.map((_, i) => i);
  const steps = node.inputs[4] ? constantNumbers(node, inputs, 4) : starts.map(() => 1);
  return axes.map((asked, i) => {
    const axis = asked < 0 ? asked + shape.length : asked;
    const extent = shape[axis];
    const step = steps[i] as number;
    if (extent === undefined || step === 0) {
      throw new FloatpathError(
        'invalid-network',
        `Slice: expected axes of the input and steps other than 0 at node "${node.name}", got axis ${asked}, step ${step}`,
      );
    }
    const from = (value: number): number => (value < 0 ? value + extent : value);
    const clamp = (value: number, low: number, high: number): number =>
      Math.min(Math.max(value, low), high);
    const start =
      step > 0
        ? clamp(from(starts[i] as number), 0, extent)
        : clamp(from(starts[i] as number), 0, extent - 1);
    const end =
      step > 0
        ? clamp(from(ends[i] as number), 0, extent)
        : clamp(from(ends[i] as number), -1, extent - 1);
    const picks: number[] = [];
    for (let at = start; step > 0 ? at < end : at > end; at += step) picks.push(at);
    return { axis, start, step, picks };
  });
}

/** Part of a tensor along some axes. */
export const slice: AffineOp = {
  type: 'Slice',
  role: 'affine',
  infer(node, inputs) {
    const { dtype, shape } = typeOf(node, inputs, 0);
    const out = [...shape];
    for (const { axis, picks } of sliceForms(node, inputs)) out[axis] = picks.length;
    return [{ dtype, shape: out }];
  },
  evaluate(node, inputs) {
    let x = inputs[0] as Tensor;
    for (const { axis, picks } of sliceForms(node, asTypes(inputs))) {
      x = takeElements(x, x.shape.with(axis, picks.length), pickAlong(x.shape, axis, picks));
    }
    return [x];
  },
  offsets: () => [],
  absolute: absoluteFirst,
  backward({ graph, node, cotangents: [cotangent], inputTypes }) {
    if (cotangent === undefined) return [undefined];
    let gradient = cotangent;
    for (const { axis, picks } of sliceForms(node, inputTypes)) {
      gradient = scatterAlong(graph, gradient, inputTypes[0]?.shape ?? [], axis, picks);
    }
    return [gradient];
  },
};
