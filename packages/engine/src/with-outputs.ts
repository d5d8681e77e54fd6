import { FloatpathError, type Dimension, type Network, type ValueInfo } from '@floatpath/core';
import { inferTypes, isBatched } from './types.js';

/** The value called `name` as an output of the network. */
export function valueInfo(network: Network, name: string, types = inferTypes(network)): ValueInfo {
  const type = types.get(name);
  if (type === undefined) {
    throw new FloatpathError(
      'invalid-argument',
      `withOutputs: expected a value of the network, got "${name}"`,
    );
  }
  const shape: readonly Dimension[] =
    isBatched(network) && type.constant === undefined
      ? ['batch', ...type.shape.slice(1)]
      : type.shape;
  return { name, dtype: type.dtype, shape };
}

/** The same network with the named values as its outputs. */
export function withOutputs(network: Network, names: readonly string[]): Network {
  const types = inferTypes(network);
  return { ...network, outputs: names.map((name) => valueInfo(network, name, types)) };
}
