import type { Network, NetworkNode } from '@floatpath/core';

/** A network without the Softmax or LogSoftmax that ended it. */
export interface FinalSoftmax {
  /** The same network with logits as its output, in the same shape. */
  readonly network: Network;
  /** What was taken away. */
  readonly op: 'Softmax' | 'LogSoftmax';
}

const isSoftmax = (node: NetworkNode): node is NetworkNode & { readonly op: FinalSoftmax['op'] } =>
  node.op === 'Softmax' || node.op === 'LogSoftmax';

/**
 * Recognizes a classifier that ends in Softmax or LogSoftmax and gives the network up to its logits. `undefined` where the one
 * output is made by something else, or where the op runs over less than all classes of a row.
 *
 * Both keep the order of the classes in real numbers; in floating point a saturated Softmax can make ties of different logits.
 * Losses, margins and path analysis are about logits: whoever uses the shorter network says so.
 *
 * @param network - in canonical form, as `readOnnx` makes it
 */
export function finalSoftmax(network: Network): FinalSoftmax | undefined {
  const [output, ...others] = network.outputs;
  const last = network.nodes.find(({ outputs }) => outputs.includes(output?.name ?? ''));
  if (output === undefined || others.length > 0 || last === undefined || !isSoftmax(last))
    return undefined;
  const classes = output.shape.reduce<number>(
    (product, extent) => (extent === 'batch' ? product : product * extent),
    1,
  );
  const readElsewhere = network.nodes.some(({ inputs }) => inputs.includes(output.name));
  if (readElsewhere || output.shape[last.attributes['axis'] as number] !== classes)
    return undefined;
  return {
    op: last.op,
    network: {
      ...network,
      outputs: [{ ...output, name: last.inputs[0] ?? '' }],
      nodes: network.nodes.filter((node) => node !== last),
    },
  };
}
