import {
  float32Tensor,
  sizeOf,
  type Network,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import type { Site, Value } from './grower.js';
import { poolNumber, type NumberPool } from './numbers.js';

/** A network while it grows. */
export interface Draft {
  readonly values: readonly Value[];
  /** Somewhere to grow from `source`, with its choices. */
  site(source: Value, choices: readonly number[]): Site;
  keep(value: Value): void;
  finish(output: Value): Network;
}

export function createDraft(inputShape: readonly number[], pool: NumberPool): Draft {
  const nodes: NetworkNode[] = [];
  const constants = new Map<string, Tensor>();
  const values: Value[] = [{ name: 'x', rowShape: inputShape }];
  let drawn = 0;
  let made = 0;

  const constant = (tensor: Tensor): string => {
    const name = `c${constants.size}`;
    constants.set(name, tensor);
    return name;
  };
  const numbers = (shape: readonly number[], scale: number, center = 0): string =>
    constant(
      float32Tensor(
        shape,
        Float32Array.from(
          { length: sizeOf(shape) },
          () => center + poolNumber(pool, drawn++, scale),
        ),
      ),
    );

  const add: Site['nodes'] = (op, inputs, count, attributes = {}) => {
    const outputs = Array.from({ length: count }, () => `v${made++}`);
    nodes.push({ name: `${op.toLowerCase()}_${nodes.length}`, op, inputs, outputs, attributes });
    return outputs;
  };

  return {
    values,
    site(source, choices) {
      let used = 0;
      return {
        source,
        others: values.filter((value) => value !== source).reverse(),
        choose: (limit) => (choices[used++] ?? 0) % limit,
        weights: (shape, fanIn) => numbers(shape, 2 / Math.sqrt(fanIn)),
        shifts: (shape) => numbers(shape, 1),
        gains: (shape) => numbers(shape, 0.5, 1),
        constant,
        node: (op, inputs, attributes) => add(op, inputs, 1, attributes)[0] as string,
        nodes: add,
      };
    },
    keep: (value) => values.push(value),
    finish: (output) => ({
      name: 'random',
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', ...inputShape] }],
      outputs: [{ name: output.name, dtype: 'float32', shape: ['batch', ...output.rowShape] }],
      nodes,
      constants,
    }),
  };
}
