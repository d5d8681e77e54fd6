import type { Attribute, Attributes } from '@floatpath/core';
import type { DraftNode } from '../draft.js';
import { float, integer, text } from '../node-attributes.js';
import type { OpRule, Reading } from '../reading.js';
import { invalidNode, unsupportedNode } from '../shapes.js';
import { changedAxes, namedAxes, statedInput, statedOf, type Axis } from './resize-scales.js';
import { floatInput, integerInput } from './vector-input.js';

const CROP = 'tf_crop_and_resize';

/** Upsample and Resize of opset 10 counted pixels from their corners and took the lower one, downward the upper one. */
function legacyAttributes(node: DraftNode, changed: readonly Axis[]): Attributes {
  const mode = text(node, 'mode', 'nearest');
  const shared = { mode: mode === 'bilinear' ? 'linear' : mode };
  const down = changed.filter(({ scale }) => scale < 1).length;
  if (mode === 'nearest' && down > 0 && down < changed.length)
    throw unsupportedNode(node, 'up along one axis and down along another');
  return {
    ...shared,
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: down > 0 ? 'ceil' : 'floor',
  };
}

function coordinateMode(node: DraftNode, changed: readonly Axis[]): string {
  const mode = text(node, 'coordinate_transformation_mode', 'half_pixel');
  if (mode !== 'half_pixel_symmetric') return mode;
  // Opset 19: the same where the output has exactly the scaled extent.
  if (changed.every(({ extent, out, scale }) => out === extent * scale)) return 'half_pixel';
  throw unsupportedNode(node, 'with coordinates half_pixel_symmetric');
}

function attributesOf(node: DraftNode, reading: Reading, changed: readonly Axis[]): Attributes {
  if (node.op === 'Upsample' || reading.opset < 11) return legacyAttributes(node, changed);
  if (integer(node, 'antialias', 0) !== 0) throw unsupportedNode(node, 'with antialias');
  return {
    mode: text(node, 'mode', 'nearest'),
    coordinate_transformation_mode: coordinateMode(node, changed),
    nearest_mode: text(node, 'nearest_mode', 'round_prefer_floor'),
  };
}

/** The region of interest along `axes`: all starts, then all ends. Rows are not cropped. */
function regionOf(node: DraftNode, reading: Reading, axes: readonly number[]): readonly number[] {
  const from = reading.shape(node.inputs[0] ?? '');
  const region = statedInput(node, reading, 'roi', 1) ?? [];
  const stated = namedAxes(node, from.length);
  if (region.length !== 2 * stated.length)
    throw invalidNode(node, `a region of ${2 * stated.length} values, got ${region.length},`);
  const at = (axis: number, side: number): number => {
    const place = stated.indexOf(axis);
    return place < 0 ? side : (region[place + side * stated.length] ?? side);
  };
  if (from[0] === 'batch' && (at(0, 0) !== 0 || at(0, 1) !== 1))
    throw unsupportedNode(node, 'that crops rows');
  return [0, 1].flatMap((side) => axes.map((axis) => at(axis, side)));
}

/** Whether float32 holds the ratio of the extents: then a factor says the same as a size. */
const isFactor = ({ extent, out }: Axis): boolean => Math.fround(out / extent) * extent === out;

/**
 * Resize, nearest or linear, in the form of opset 18. Factors are stated for all axes, sizes become factors where these are exact;
 * other sizes are stated for the axes that change, which `axes` names. Upsample and older forms become the same.
 */
export const resize: OpRule = (node, reading) => {
  const [x = '', roi = '', givenScales = '', givenSizes = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const from = reading.shape(x);
  const stated = statedOf(node, reading);
  const cropped = reading.opset >= 11 && text(node, 'coordinate_transformation_mode', '') === CROP;
  if (stated.by === 'sizes' && text(node, 'keep_aspect_ratio_policy', 'stretch') !== 'stretch')
    throw unsupportedNode(node, 'with keep_aspect_ratio_policy');
  const changed = changedAxes(node, reading, stated, cropped);
  if (changed.length === 0) {
    reading.alias(output, x);
    return;
  }
  const { nearest_mode, ...shared } = attributesOf(node, reading, changed);
  if (shared['mode'] !== 'nearest' && shared['mode'] !== 'linear')
    throw unsupportedNode(node, `with mode ${String(shared['mode'])}`);
  const byFactor = stated.by === 'scales' || changed.every(isFactor);
  const axes = byFactor ? from.map((_, axis) => axis) : changed.map(({ axis }) => axis);
  const of = (axis: number): Axis | undefined => changed.find((entry) => entry.axis === axis);
  const attributes: Record<string, Attribute> = {
    ...shared,
    ...(byFactor ? {} : { axes }),
    ...(shared['mode'] === 'nearest' && nearest_mode !== undefined ? { nearest_mode } : {}),
    ...(cropped ? { extrapolation_value: float(node, 'extrapolation_value', 0) } : {}),
  };
  const region = cropped
    ? floatInput(reading, roi, `${output}_roi`, regionOf(node, reading, axes))
    : '';
  const scales = (): string =>
    floatInput(
      reading,
      givenScales,
      `${output}_scales`,
      axes.map((axis) => of(axis)?.scale ?? 1),
    );
  const sizes = (): string =>
    integerInput(
      reading,
      givenSizes,
      `${output}_sizes`,
      changed.map(({ out }) => out),
    );
  const inputs = byFactor ? [x, region, scales()] : [x, region, '', sizes()];
  const shape = from.map((extent, axis) => of(axis)?.out ?? extent);
  reading.emit({ ...node, op: 'Resize', inputs, attributes }, shape);
};
