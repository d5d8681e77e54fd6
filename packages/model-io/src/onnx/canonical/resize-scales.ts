// What a Resize or Upsample says about the extents of its output.
import type { DraftNode } from '../draft.js';
import { optionalIntegers } from '../node-attributes.js';
import type { Reading } from '../reading.js';
import { fixedShape, formatShape, frontAxis, invalidNode, unsupportedNode } from '../shapes.js';

/** How one axis is resized: by a factor that the file states, or to a stated extent. */
export interface Axis {
  readonly axis: number;
  readonly extent: number;
  readonly out: number;
  readonly scale: number;
}

export interface Stated {
  readonly by: 'scales' | 'sizes';
  readonly values: readonly number[];
}

/** An input that is left out or empty is not stated; one that depends on data is refused. */
export function statedInput(
  node: DraftNode,
  reading: Reading,
  what: string,
  at: number,
): readonly number[] | undefined {
  const name = node.inputs[at] ?? '';
  if (name === '') return undefined;
  const integers = reading.integers(name)?.data;
  if (integers?.includes('batch')) return undefined;
  const values = (integers as readonly number[] | undefined) ?? reading.constant(name)?.data;
  if (values === undefined) throw unsupportedNode(node, `with ${what} that depend on data`);
  return values.length === 0 ? undefined : Array.from(values, Number);
}

/** The axes that scales, sizes and region are about: all of them before opset 18. */
export const namedAxes = (node: DraftNode, rank: number): readonly number[] =>
  (optionalIntegers(node, 'axes') ?? Array.from({ length: rank }, (_, axis) => axis)).map((axis) =>
    frontAxis(node, axis, rank),
  );

/** Upsample had its factors in attributes before opset 9, two of them before opset 7. */
function attributeScales({ attributes }: DraftNode): readonly number[] | undefined {
  if (Array.isArray(attributes['scales'])) return attributes['scales'] as readonly number[];
  const { height_scale: height, width_scale: width } = attributes;
  return typeof height === 'number' && typeof width === 'number'
    ? [1, 1, height, width]
    : undefined;
}

/** Where each version of Resize and Upsample states the factors or the sizes. */
export function statedOf(node: DraftNode, reading: Reading): Stated {
  const scaleSlot = node.op === 'Upsample' || reading.opset < 11 ? 1 : 2;
  const scales =
    (node.op === 'Upsample' ? attributeScales(node) : undefined) ??
    statedInput(node, reading, 'scales', scaleSlot);
  if (scales !== undefined) return { by: 'scales', values: scales };
  const known = reading.integers(node.inputs[3] ?? '')?.data;
  // Among computed sizes the rows' own number can stand as it is.
  const sizes =
    known?.map((size, at) => (size === 'batch' && at === 0 ? 0 : size)) ??
    statedInput(node, reading, 'sizes', 3);
  if (sizes === undefined || sizes.some((size) => size === 'batch'))
    throw invalidNode(node, 'scales or sizes of its axes');
  return { by: 'sizes', values: sizes as readonly number[] };
}

/** The axes that change, against the input's shape. */
export function changedAxes(
  node: DraftNode,
  reading: Reading,
  stated: Stated,
  all: boolean,
): Axis[] {
  const from = reading.shape(node.inputs[0] ?? '');
  const axes = namedAxes(node, from.length);
  if (stated.values.length !== axes.length) {
    throw invalidNode(
      node,
      `${axes.length} ${stated.by} for ${formatShape(from)}, got [${stated.values.join(', ')}],`,
    );
  }
  return axes
    .flatMap((axis, i): Axis[] => {
      const value = stated.values[i] ?? 1;
      const rows = from[axis] === 'batch';
      const keeps =
        stated.by === 'scales' ? value === 1 : rows && (value === 0 || value === reading.fileRows);
      if (rows && keeps) return [];
      const [extent = 1] = fixedShape(node, from.slice(axis, axis + 1));
      const out = stated.by === 'scales' ? Math.floor(Math.fround(value * extent)) : value;
      if (!(out >= 1) || !Number.isFinite(value))
        throw invalidNode(
          node,
          `${stated.by} that leave an output, got [${stated.values.join()}],`,
        );
      const scale = stated.by === 'scales' ? value : Math.fround(out / extent);
      return scale === 1 && !all ? [] : [{ axis, extent, out, scale }];
    })
    .sort((a, b) => a.axis - b.axis);
}
