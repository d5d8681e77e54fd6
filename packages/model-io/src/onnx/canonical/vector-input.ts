import { float32Tensor, int64Tensor, type Tensor } from '@floatpath/core';
import type { DraftNode } from '../draft.js';
import { optionalIntegers } from '../node-attributes.js';
import type { Reading } from '../reading.js';
import { invalidNode, unsupportedNode } from '../shapes.js';

/** `given` itself where it holds these values, so that a canonical node stays as it is; else a new constant. */
function vectorInput(reading: Reading, given: string, hint: string, vector: Tensor): string {
  const tensor = reading.constant(given);
  const same =
    tensor?.dtype === vector.dtype &&
    tensor.shape.length === 1 &&
    tensor.data.join() === vector.data.join();
  return same ? given : reading.addConstant(hint, vector);
}

/** The name of a constant vector of integers. */
export const integerInput = (
  reading: Reading,
  given: string,
  hint: string,
  values: readonly number[],
): string => vectorInput(reading, given, hint, int64Tensor([values.length], values));

/** The name of a constant vector of float32 values. */
export const floatInput = (
  reading: Reading,
  given: string,
  hint: string,
  values: readonly number[],
): string => vectorInput(reading, given, hint, float32Tensor([values.length], values));

/** Integers that older opsets hold in an attribute and newer ones in an input; `undefined` where the node has neither. */
export function statedIntegers(
  node: DraftNode,
  reading: Reading,
  attribute: string,
  input: number,
): readonly number[] | undefined {
  const name = node.inputs[input] ?? '';
  const stated = optionalIntegers(node, attribute) ?? reading.integers(name)?.data;
  if (stated === undefined && name !== '')
    throw unsupportedNode(node, `with ${attribute} that depend on data`);
  if (stated?.includes('batch'))
    throw invalidNode(node, `${attribute} that do not depend on the number of rows`);
  return stated as readonly number[] | undefined;
}
