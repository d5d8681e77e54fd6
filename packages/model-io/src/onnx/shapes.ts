import { FloatpathError, type Dimension } from '@floatpath/core';
import type { DraftNode } from './draft.js';

export type Shape = readonly Dimension[];

export const invalidNode = (node: DraftNode, expectation: string): FloatpathError =>
  new FloatpathError(
    'invalid-network',
    `readOnnx: expected ${expectation} at node "${node.name}" (${node.op})`,
  );

export const unsupportedNode = (node: DraftNode, what: string): FloatpathError =>
  new FloatpathError(
    'unsupported-op',
    `readOnnx: unsupported op "${node.op}" ${what} at node "${node.name}"`,
  );

export const formatShape = (shape: Shape): string => `[${shape.join(', ')}]`;

/** `axis` counted from the front; `rank` itself is allowed where `end` says so. */
export function frontAxis(node: DraftNode, axis: number, rank: number, end = rank): number {
  const front = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(front) || front < 0 || front >= Math.max(end, 1)) {
    throw invalidNode(node, `an axis within rank ${rank}, got ${axis},`);
  }
  return front;
}

/** NumPy broadcasting. The batch axis broadcasts with 1 and itself only. */
export function broadcast(node: DraftNode, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const at = (shape: Shape, i: number): Dimension => shape[i - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, i) => {
    const left = at(a, i);
    const right = at(b, i);
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw invalidNode(node, `shapes that broadcast, got ${formatShape(a)} and ${formatShape(b)},`);
  });
}

/** The product of fixed extents; a batch axis among them cannot be merged with others. */
export function elements(node: DraftNode, extents: Shape): number {
  return extents.reduce<number>((product, extent) => {
    if (extent === 'batch') throw invalidNode(node, 'a batch axis that stays in front');
    return product * extent;
  }, 1);
}

/** Every extent as a number; used where a batch axis has no place. */
export function fixedShape(node: DraftNode, shape: Shape): readonly number[] {
  return shape.map((extent) => elements(node, [extent]));
}
