import { FloatpathError, type Feeds, type Network } from '@floatpath/core';

/**
 * Checks feeds against the network's inputs.
 *
 * @returns the number of rows on the free batch axis (1 if there is none)
 * @throws {FloatpathError} `shape-mismatch`
 */
export function checkFeeds(network: Network, feeds: Feeds): number {
  let rows: number | undefined;
  for (const input of network.inputs) {
    const tensor = feeds[input.name];
    const expected = `[${input.shape.join(', ')}]`;
    if (tensor === undefined) {
      throw new FloatpathError(
        'shape-mismatch',
        `run: input "${input.name}" expects shape ${expected}, got nothing`,
      );
    }
    const isFloat = (dtype: string): boolean => dtype === 'float32' || dtype === 'float64';
    if (tensor.dtype !== input.dtype && !(isFloat(tensor.dtype) && isFloat(input.dtype))) {
      throw new FloatpathError(
        'shape-mismatch',
        `run: input "${input.name}" expects ${input.dtype}, got ${tensor.dtype}`,
      );
    }
    const fits =
      tensor.shape.length === input.shape.length &&
      input.shape.every((extent, axis) => {
        if (extent !== 'batch') return tensor.shape[axis] === extent;
        rows ??= tensor.shape[axis];
        return tensor.shape[axis] === rows;
      });
    if (!fits) {
      throw new FloatpathError(
        'shape-mismatch',
        `run: input "${input.name}" expects shape ${expected}, got [${tensor.shape.join(', ')}]`,
      );
    }
  }
  for (const name of Object.keys(feeds)) {
    if (!network.inputs.some((input) => input.name === name)) {
      throw new FloatpathError(
        'shape-mismatch',
        `run: expected inputs ${network.inputs.map((input) => `"${input.name}"`).join(', ')}, got another one, "${name}"`,
      );
    }
  }
  return rows ?? 1;
}
