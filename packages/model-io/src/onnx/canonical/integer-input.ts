import { int64Tensor } from '@floatpath/core';
import type { DraftNode } from '../draft.js';
import { optionalIntegers } from '../node-attributes.js';
import type { Reading } from '../reading.js';
import { invalidNode } from '../shapes.js';

/** The name of a constant vector with `values`: `given` itself if it is one, so that a canonical node stays as it is. */
export function integerInput(
  reading: Reading,
  given: string,
  hint: string,
  values: readonly number[],
): string {
  const tensor = reading.constant(given);
  const same =
    tensor?.dtype === 'int64' && tensor.shape.length === 1 && tensor.data.join() === values.join();
  return same ? given : reading.addConstant(hint, int64Tensor([values.length], values));
}

/** Integers that older opsets hold in an attribute and newer ones in an input; `undefined` where the node has neither. */
export function statedIntegers(
  node: DraftNode,
  reading: Reading,
  attribute: string,
  input: number,
): readonly number[] | undefined {
  const name = node.inputs[input] ?? '';
  const stated = optionalIntegers(node, attribute) ?? reading.integers(name)?.data;
  if ((stated === undefined && name !== '') || stated?.includes('batch')) {
    throw invalidNode(node, `${attribute} that do not depend on data`);
  }
  return stated as readonly number[] | undefined;
}
