import { FloatpathError, type Network, type Tensor, type ValueInfo } from '@floatpath/core';
import {
  createGraphBuilder,
  dataValues,
  inferTypes,
  opOf,
  TARGET,
  type BackwardContext,
} from '@floatpath/engine';

/** Constants of a network as inputs, so that they can change from step to step. */
export const parameterInput = (k: number): string => `parameter_${k}`;

/**
 * The network with its parameters as further inputs {@link parameterInput} and, after the logits, the derivative of the summed
 * cross-entropy of the rows with respect to each of them. {@link TARGET} holds 1 at the label, `[batch, classes]`.
 *
 * @param parameters - float32 constants of the network, of whatever names: every use of one adds to its derivative
 */
export function weightGradients(network: Network, parameters: readonly Tensor[]): Network {
  const open = withParameters(network, parameters);
  const logits = open.outputs[0] as ValueInfo;
  const types = inferTypes(open);
  const data = dataValues(open);
  const graph = createGraphBuilder(open);
  graph.input({ ...logits, name: TARGET });
  const softmax = graph.add('Softmax', [logits.name], { axis: -1 });
  const cotangents = new Map([[logits.name, graph.add('Sub', [softmax, TARGET])]]);
  for (const node of [...open.nodes].reverse()) {
    const incoming = node.outputs.map((name) => cotangents.get(name));
    const reached = node.inputs.some((name) => data.has(name) && types.get(name)?.dtype !== 'bool');
    if (incoming.every((name) => name === undefined) || !reached) continue;
    const backward = opOf(node.op)?.backward;
    if (backward === undefined) {
      throw new FloatpathError('no-gradient', `weightGradients: "${node.op}" has no derivative`);
    }
    const context: BackwardContext = {
      graph,
      node,
      cotangents: incoming,
      inputTypes: node.inputs.map((name) => types.get(name)),
      outputTypes: node.outputs.map((name) => types.get(name) ?? { dtype: 'float32', shape: [] }),
      batched: true,
      needed: (slot) => data.has(node.inputs[slot] ?? ''),
    };
    const outgoing = backward(context);
    node.inputs.forEach((name, slot) => {
      const cotangent = outgoing[slot];
      if (cotangent === undefined || !data.has(name)) return;
      const known = cotangents.get(name);
      cotangents.set(name, known === undefined ? cotangent : graph.add('Add', [known, cotangent]));
    });
  }
  const outputs = parameters.map(({ shape }, k): ValueInfo => {
    const made = cotangents.get(parameterInput(k));
    if (made === undefined) {
      throw new FloatpathError('no-gradient', `weightGradients: nothing depends on parameter ${k}`);
    }
    return { name: graph.add('Identity', [made]), dtype: 'float32', shape };
  });
  return graph.build(`${network.name} weight gradients`, [logits, ...outputs]);
}

function withParameters(network: Network, parameters: readonly Tensor[]): Network {
  const names = new Map<string, string>();
  const constants = new Map<string, Tensor>();
  for (const [name, tensor] of network.constants) {
    const k = parameters.indexOf(tensor);
    if (k < 0) constants.set(name, tensor);
    else names.set(name, parameterInput(k));
  }
  const inputs = parameters.map(({ shape }, k): ValueInfo => ({
    name: parameterInput(k),
    dtype: 'float32',
    shape,
  }));
  const nodes = network.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => names.get(name) ?? name),
  }));
  return { ...network, inputs: [...network.inputs, ...inputs], constants, nodes };
}
