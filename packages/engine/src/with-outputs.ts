import { FloatpathError, type Network, type ValueInfo } from '@floatpath/core';
import type { ValueType } from './ops/op.js';
import { inferTypes, isBatched } from './types.js';

/**
 * The value called `name` as an output of the network. Its first axis is 'batch' if it grows with the rows: a mask given
 * once for all rows, or a value made of constants, keeps its extent.
 *
 * @throws {FloatpathError} `invalid-argument` for another name, `invalid-network` if rows are not kept apart on the first axis
 */
export function valueInfo(network: Network, name: string, types = inferTypes(network)): ValueInfo {
  return describe(name, types, isBatched(network) ? inferTypes(network, 2) : types);
}

/** The same network with the named values as its outputs. */
export function withOutputs(network: Network, names: readonly string[]): Network {
  const one = inferTypes(network);
  const two = isBatched(network) ? inferTypes(network, 2) : one;
  return { ...network, outputs: names.map((name) => describe(name, one, two)) };
}

function describe(
  name: string,
  one: ReadonlyMap<string, ValueType>,
  two: ReadonlyMap<string, ValueType>,
): ValueInfo {
  const type = one.get(name);
  if (type === undefined) {
    throw new FloatpathError(
      'invalid-argument',
      `withOutputs: expected a value of the network, got "${name}"`,
    );
  }
  const { dtype, shape } = type;
  const [rows, ...rest] = two.get(name)?.shape ?? [];
  const same = rest.length + 1 === shape.length && rest.every((e, axis) => e === shape[axis + 1]);
  if (same && rows === 2 && shape[0] === 1) return { name, dtype, shape: ['batch', ...rest] };
  if (shape.length === 0 || (same && rows === shape[0])) return { name, dtype, shape };
  throw new FloatpathError(
    'invalid-network',
    `withOutputs: expected rows on the first axis of "${name}", got [${shape.join(', ')}] for one row and [${two.get(name)?.shape.join(', ') ?? ''}] for two`,
  );
}
