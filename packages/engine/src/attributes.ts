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

/** An axis attribute as a position from 0 on. @throws {FloatpathError} `invalid-network` beyond the rank */
export function axisAttribute(node: NetworkNode, fallback: number, rank: number): number {
  const asked = numberAttribute(node, 'axis', fallback);
  const axis = asked < 0 ? asked + rank : asked;
  if (!Number.isInteger(axis) || axis < 0 || axis >= rank) {
    throw new FloatpathError(
      'invalid-network',
      `${node.op}: expected an axis of ${rank} dimensions at node "${node.name}", got ${asked}`,
    );
  }
  return axis;
}

function wrongType(node: NetworkNode, name: string, expected: string): FloatpathError {
  return new FloatpathError(
    'invalid-network',
    `${node.op}: expected attribute "${name}" of node "${node.name}" to be ${expected}`,
  );
}
