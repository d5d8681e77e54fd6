import { FloatpathError, type Network, type Objective, type ValueInfo } from '@floatpath/core';
import { freeNames } from './free-names.js';
import { createGraphBuilder } from './graph-builder.js';
import { logitsCotangent } from './logits-cotangent.js';
import { dataValues } from './roles.js';
import { inferTypes, isBatched, requireOp } from './types.js';

/** Name of the second input of a differentiated network, `[batch, classes]`: see {@link targetRows}. */
export const TARGET = 'target';

/** Name of the last output of a differentiated network. */
const GRADIENT = 'gradient';

/**
 * The network that also gives the gradient of an objective with respect to its input.
 * Inputs: the network's own and {@link TARGET}. Outputs: the logits, then `gradient`, of the first input's shape.
 * Objectives as in core. At a kink the derivative is that of the
 * piece that the gate selects (Relu: 0 at z = 0); of several rivals with the same logit, the one of lowest index.
 *
 * @throws {FloatpathError} `no-gradient`, naming an op without a derivative; `invalid-argument` for a DLR of too few classes;
 * `invalid-network` if an input has one of
 * the new names
 */
export function differentiate(base: Network, kind: Objective['kind']): Network {
  const { network } = freeNames(base, [TARGET, GRADIENT]);
  const logits = network.outputs[0];
  const input = network.inputs[0];
  if (logits === undefined || input === undefined) {
    throw new FloatpathError(
      'invalid-network',
      'differentiate: expected an input and an output, got none',
    );
  }
  const types = inferTypes(network);
  const batched = isBatched(network);
  const data = dataValues(network);
  const graph = createGraphBuilder(network);
  graph.input({ name: TARGET, dtype: 'float32', shape: logits.shape });
  const classes = Number(logits.shape.at(-1));
  const cotangents = new Map<string, string>([
    [logits.name, logitsCotangent(graph, kind, { logits: logits.name, target: TARGET, classes })],
  ]);
  for (const node of [...network.nodes].reverse()) {
    const incoming = node.outputs.map((name) => cotangents.get(name));
    if (incoming.every((name) => name === undefined)) continue;
    if (!node.inputs.some((name) => data.has(name))) continue;
    const op = requireOp(node.op, node.name);
    const reachesInput = node.inputs.some(
      (name) => data.has(name) && types.get(name)?.dtype === 'float32',
    );
    if (!reachesInput) continue;
    if (op.backward === undefined) {
      if (op.role === 'plumbing' && types.get(node.outputs[0] ?? '')?.dtype !== 'float32') continue;
      throw new FloatpathError(
        'no-gradient',
        `differentiate: op "${node.op}" at node "${node.name}" has no derivative; use a score-based attack`,
      );
    }
    const outgoing = op.backward({
      graph,
      node,
      cotangents: incoming,
      inputTypes: node.inputs.map((name) => types.get(name)),
      outputTypes: node.outputs.map((name) => types.get(name) ?? { dtype: 'float32', shape: [] }),
      batched,
      needed: (slot) => data.has(node.inputs[slot] ?? ''),
    });
    node.inputs.forEach((name, slot) => {
      const cotangent = outgoing[slot];
      if (!data.has(name)) return;
      if (cotangent === undefined) {
        if (types.get(name)?.dtype !== 'float32') return;
        throw new FloatpathError(
          'no-gradient',
          `differentiate: op "${node.op}" at node "${node.name}" has no derivative with respect to its input ${slot}; use a score-based attack`,
        );
      }
      const known = cotangents.get(name);
      cotangents.set(name, known === undefined ? cotangent : graph.add('Add', [known, cotangent]));
    });
  }
  const gradient = cotangents.get(input.name);
  if (gradient === undefined) {
    throw new FloatpathError(
      'no-gradient',
      'differentiate: the output does not depend on the input through ops with a derivative',
    );
  }
  const named: ValueInfo = { name: GRADIENT, dtype: 'float32', shape: input.shape };
  graph.addNode({
    name: GRADIENT,
    op: 'Identity',
    inputs: [gradient],
    outputs: [GRADIENT],
    attributes: {},
  });
  return graph.build(`${network.name} gradient`, [logits, named]);
}
