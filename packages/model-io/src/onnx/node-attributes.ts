import type { DraftNode } from './draft.js';
import { invalidNode } from './shapes.js';

/** Attributes of a file's node, checked for their kind. */
export function integer(node: DraftNode, name: string, fallback: number): number {
  const value = node.attributes[name] ?? fallback;
  if (!Number.isInteger(value)) throw invalidNode(node, `attribute ${name} to be an integer`);
  return value as number;
}

export function float(node: DraftNode, name: string, fallback: number): number {
  const value = node.attributes[name] ?? fallback;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw invalidNode(node, `attribute ${name} to be a finite number`);
  }
  // Attributes are float32 in the file: a default enters with the value that it would have there.
  return Math.fround(value);
}

export function text(node: DraftNode, name: string, fallback: string): string {
  const value = node.attributes[name] ?? fallback;
  if (typeof value !== 'string') throw invalidNode(node, `attribute ${name} to be a string`);
  return value;
}

/** `undefined` where the node does not have it. */
export function optionalIntegers(node: DraftNode, name: string): readonly number[] | undefined {
  const value = node.attributes[name];
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every(Number.isInteger)) {
    throw invalidNode(node, `attribute ${name} to be a list of integers`);
  }
  return value as readonly number[];
}

/** One integer per axis, each at least `least`. */
export function integers(
  node: DraftNode,
  name: string,
  fallback: readonly number[],
  least: number,
): readonly number[] {
  const value = optionalIntegers(node, name) ?? fallback;
  if (value.length !== fallback.length || value.some((entry) => entry < least)) {
    throw invalidNode(
      node,
      `attribute ${name} to hold ${fallback.length} integers >= ${least}, got [${value.join(', ')}]`,
    );
  }
  return value;
}
