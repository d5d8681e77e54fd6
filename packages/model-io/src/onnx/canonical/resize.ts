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

/** The region of interest along the changed axes: all starts, then all ends. */
function regionOf(node: DraftNode, reading: Reading, changed: readonly Axis[]): readonly number[] {
  const region = statedInput(node, reading, 'roi', 1) ?? [];
  const axes = namedAxes(node, reading.shape(node.inputs[0] ?? '').length);
  if (region.length !== 2 * axes.length)
    throw invalidNode(node, `a region of ${2 * axes.length} values, got ${region.length},`);
  const at = (axis: number, side: number): number =>
    region[axes.indexOf(axis) + side * axes.length] ?? side;
  const rest = axes.filter((axis) => !changed.some((entry) => entry.axis === axis));
  if (rest.some((axis) => at(axis, 0) !== 0 || at(axis, 1) !== 1))
    throw unsupportedNode(node, 'that crops rows');
  return [0, 1].flatMap((side) => changed.map(({ axis }) => at(axis, side)));
}

/**
 * Resize, nearest or linear, in the form of opset 18: `axes` names those that change, scales (or, where the file states
 * them, sizes) and attributes hold for these alone. Upsample and older forms become the same.
 */
export const resize: OpRule = (node, reading) => {
  const [x = ''] = node.inputs;
  const [output = ''] = node.outputs;
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
  const attributes: Record<string, Attribute> = {
    ...shared,
    axes: changed.map(({ axis }) => axis),
    ...(shared['mode'] === 'nearest' && nearest_mode !== undefined ? { nearest_mode } : {}),
    ...(cropped ? { extrapolation_value: float(node, 'extrapolation_value', 0) } : {}),
  };
  const region = cropped
    ? floatInput(reading, node.inputs[1] ?? '', `${output}_roi`, regionOf(node, reading, changed))
    : '';
  const given = node.inputs[stated.by === 'scales' ? 2 : 3] ?? '';
  const scales = changed.map(({ scale }) => scale);
  const sizes = changed.map(({ out }) => out);
  const inputs =
    stated.by === 'scales'
      ? [x, region, floatInput(reading, given, `${output}_scales`, scales)]
      : [x, region, '', integerInput(reading, given, `${output}_sizes`, sizes)];
  const shape = reading
    .shape(x)
    .map((extent, axis) => changed.find((entry) => entry.axis === axis)?.out ?? extent);
  reading.emit({ ...node, op: 'Resize', inputs, attributes }, shape);
};
