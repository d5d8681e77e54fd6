import { FloatpathError, type NetworkNode } from '@floatpath/core';

/** Reads an attribute with its ONNX default. @throws {FloatpathError} `invalid-network` on another type */
export function numberAttribute(node: NetworkNode, name: string, fallback: number): number {
  const value = node.attributes[name] ?? fallback;
  if (typeof value !== 'number') throw wrongType(node, name, 'a number');
  return value;
}

export function numbersAttribute(
  node: NetworkNode,
  name: string,
  fallback: readonly number[],
): readonly number[] {
  const value = node.attributes[name] ?? fallback;
  if (!Array.isArray(value) || value.some((v) => typeof v !== 'number')) {
    throw wrongType(node, name, 'a list of numbers');
  }
  return value as readonly number[];
}

function wrongType(node: NetworkNode, name: string, expected: string): FloatpathError {
  return new FloatpathError(
    'invalid-network',
    `${node.op}: expected attribute "${name}" of node "${node.name}" to be ${expected}`,
  );
}
