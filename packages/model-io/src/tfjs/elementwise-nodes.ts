import { clipped, combined, softmax, unary, withConstant } from '../channels-last/elementwise.js';
import type { Value } from '../channels-last/graph.js';
import { tfNumber, unsupportedTfNode } from './node-attributes.js';
import { data, dataAt, weightAt, type NodeRule } from './terms.js';

const SELU = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 };

const one =
  (op: string, attributes: Readonly<Record<string, number>> = {}): NodeRule =>
  (reading) =>
    data(unary(reading.graph, reading.node.name, op, dataAt(reading, 0), attributes));

/** Two tensors, or one and weights on either side. */
const two =
  (op: string): NodeRule =>
  (reading) => {
    const { graph, node, terms } = reading;
    const [a, b] = terms;
    if (a?.kind === 'data' && b?.kind === 'data')
      return data(combined(graph, node.name, op, [a.value, b.value]));
    const dataFirst = a?.kind === 'data';
    const x = dataAt(reading, dataFirst ? 0 : 1);
    const weight = weightAt(reading, dataFirst ? 1 : 0);
    return data(withConstant(graph, node.name, op, x, weight, !dataFirst));
  };

const addN: NodeRule = (reading) => {
  const { graph, node, terms } = reading;
  const values = terms.flatMap((term) => (term.kind === 'data' ? [term.value] : []));
  if (values.length === 0) throw unsupportedTfNode(node, 'of constants');
  const sum = combined(graph, node.name, 'Add', values);
  return data(
    terms.reduce<Value>(
      (total, term, at) =>
        term.kind === 'data'
          ? total
          : withConstant(graph, node.name, 'Add', total, weightAt(reading, at)),
      sum,
    ),
  );
};

const biasAdd: NodeRule = (reading) => {
  const { graph, node } = reading;
  return data(withConstant(graph, node.name, 'Add', dataAt(reading, 0), weightAt(reading, 1)));
};

const squaredDifference: NodeRule = (reading) => {
  const difference = two('Sub')(reading);
  const { graph, node } = reading;
  if (difference.kind !== 'data') throw unsupportedTfNode(node, 'of constants');
  return data(combined(graph, node.name, 'Mul', [difference.value, difference.value]));
};

const clipByValue: NodeRule = (reading) => {
  const [low, high] = [1, 2].map((at) => weightAt(reading, at).data);
  if (low?.length !== 1 || high?.length !== 1)
    throw unsupportedTfNode(reading.node, 'with bounds that are no numbers');
  return data(clipped(reading.graph, reading.node.name, dataAt(reading, 0), low[0], high[0]));
};

const lastSoftmax =
  (op: 'Softmax' | 'LogSoftmax'): NodeRule =>
  (reading) => {
    const x = dataAt(reading, 0);
    return data(softmax(reading.graph, reading.node.name, op, x, x.shape.length - 1));
  };

/** Ops that work on every element by itself, and Softmax. */
export const elementwiseNodes: Readonly<Record<string, NodeRule>> = {
  Abs: one('Abs'),
  Add: two('Add'),
  AddN: addN,
  AddV2: two('Add'),
  BiasAdd: biasAdd,
  BiasAddV1: biasAdd,
  ClipByValue: clipByValue,
  Div: two('Div'),
  Elu: one('Elu', { alpha: 1 }),
  Erf: one('Erf'),
  Exp: one('Exp'),
  LeakyRelu: (reading) =>
    data(
      unary(reading.graph, reading.node.name, 'LeakyRelu', dataAt(reading, 0), {
        alpha: tfNumber(reading.node, 'alpha', 0.2),
      }),
    ),
  Log: one('Log'),
  LogSoftmax: lastSoftmax('LogSoftmax'),
  Maximum: two('Max'),
  Minimum: two('Min'),
  Mul: two('Mul'),
  Neg: one('Neg'),
  Prelu: (reading) =>
    data(
      withConstant(
        reading.graph,
        reading.node.name,
        'PRelu',
        dataAt(reading, 0),
        weightAt(reading, 1),
      ),
    ),
  RealDiv: two('Div'),
  Relu: one('Relu'),
  Relu6: (reading) => data(clipped(reading.graph, reading.node.name, dataAt(reading, 0), 0, 6)),
  Selu: one('Selu', SELU),
  Sigmoid: one('Sigmoid'),
  Softmax: lastSoftmax('Softmax'),
  Softplus: one('Softplus'),
  Softsign: one('Softsign'),
  Sqrt: one('Sqrt'),
  Square: (reading) => {
    const x = dataAt(reading, 0);
    return data(combined(reading.graph, reading.node.name, 'Mul', [x, x]));
  },
  SquaredDifference: squaredDifference,
  Sub: two('Sub'),
  Tanh: one('Tanh'),
};
