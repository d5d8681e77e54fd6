import type { Attribute, Attributes } from '@floatpath/core';
import type { DraftNode } from '../draft.js';
import { optionalIntegers } from '../node-attributes.js';
import type { OpRule } from '../reading.js';
import { alignedAt } from './elementwise.js';
import { emitReshape } from './reshape.js';

/** What a second axis of extent 1 has in each list of a window. */
const second: Readonly<Record<string, number>> = {
  kernel_shape: 1,
  strides: 1,
  dilations: 1,
  output_shape: 1,
  output_padding: 0,
};

function widened(node: DraftNode): Attributes {
  const entries = Object.entries(node.attributes).map(([name, value]): [string, Attribute] => {
    const list = name === 'pads' || name in second ? optionalIntegers(node, name) : undefined;
    if (list === undefined) return [name, value];
    if (name !== 'pads') return [name, [...list, second[name] ?? 1]];
    return [name, list.length === 2 ? [list[0] ?? 0, 0, list[1] ?? 0, 0] : list];
  });
  return Object.fromEntries(entries);
}

/**
 * A convolution or pool over one spatial axis as one over two, the second of extent 1, so that every engine and path analysis know it;
 * `rule` itself for any other number of axes.
 *
 * @param weight - slot of the filter, which gets the axis as well
 */
export function oneAxisAsTwo(rule: OpRule, weight?: number): OpRule {
  return (node, reading) => {
    const [x = ''] = node.inputs;
    const [output = ''] = node.outputs;
    const from = reading.shape(x);
    if (from.length !== 3) {
      rule(node, reading);
      return;
    }
    const image = reading.freshName(`${output}_image`);
    emitReshape({ ...node, inputs: [x], outputs: [image] }, [...from, 1], reading);
    const inputs = node.inputs.map((name, slot) => {
      if (slot === 0) return image;
      return slot === weight && reading.shape(name).length === 3
        ? alignedAt(name, 0, 4, node, reading)
        : name;
    });
    const wide = reading.freshName(`${output}_wide`);
    const outputs = [wide, ...node.outputs.slice(1)];
    rule({ ...node, inputs, outputs, attributes: widened(node) }, reading);
    emitReshape(
      { ...node, inputs: [wide], outputs: [output] },
      reading.shape(wide).slice(0, 3),
      reading,
    );
  };
}
