import { float64Tensor, type NetworkNode } from '@floatpath/core';
import type { GraphBuilder } from '../graph-builder.js';
import { numberAttribute } from '../attributes.js';
import { dataOf, elementwiseType } from './operands.js';
import type { SmoothOp } from './op.js';

interface Emission {
  readonly graph: GraphBuilder;
  readonly node: NetworkNode;
  readonly x: string;
  readonly y: string;
}

/** A smooth function of every element on its own, with the emission of its derivative at x (y is its value). */
function elementwise(
  type: string,
  value: (x: number, node: NetworkNode) => number,
  derivative: (emission: Emission) => string,
): SmoothOp {
  return {
    type,
    role: 'smooth',
    infer: elementwiseType,
    evaluate(node, inputs) {
      const x = dataOf(node, inputs, 0);
      return [
        float64Tensor(
          x.shape,
          x.data.map((v) => value(v, node)),
        ),
      ];
    },
    backward({ graph, node, cotangents: [cotangent] }) {
      if (cotangent === undefined) return [undefined];
      const emission = { graph, node, x: node.inputs[0] as string, y: node.outputs[0] as string };
      return [graph.add('Mul', [cotangent, derivative(emission)])];
    },
  };
}

const oneMinus = (graph: GraphBuilder, value: string): string =>
  graph.add('Sub', [graph.scalar(1), value]);
const square = (graph: GraphBuilder, value: string): string => graph.add('Mul', [value, value]);

/** Accurate on both sides: exp never overflows. */
const logistic = (x: number): number => {
  const e = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
};

export const sigmoid = elementwise('Sigmoid', logistic, ({ graph, y }) =>
  graph.add('Mul', [y, oneMinus(graph, y)]),
);

export const tanh = elementwise('Tanh', Math.tanh, ({ graph, y }) =>
  oneMinus(graph, square(graph, y)),
);

export const exp = elementwise('Exp', Math.exp, ({ y }) => y);

export const log = elementwise('Log', Math.log, ({ graph, x }) =>
  graph.add('Div', [graph.scalar(1), x]),
);

export const sqrt = elementwise('Sqrt', Math.sqrt, ({ graph, y }) =>
  graph.add('Div', [graph.scalar(0.5), y]),
);

export const erf = elementwise('Erf', errorFunction, ({ graph, x }) =>
  graph.add('Mul', [
    graph.scalar(2 / Math.sqrt(Math.PI)),
    graph.add('Exp', [graph.add('Neg', [square(graph, x)])]),
  ]),
);

export const softplus = elementwise(
  'Softplus',
  (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  ({ graph, x }) => graph.add('Sigmoid', [x]),
);

export const softsign = elementwise(
  'Softsign',
  (x) => x / (1 + Math.abs(x)),
  ({ graph, x }) => {
    const reach = graph.add('Add', [graph.scalar(1), graph.add('Abs', [x])]);
    return graph.add('Div', [graph.scalar(1), square(graph, reach)]);
  },
);

/** alpha (exp(x) - 1) for x <= 0, x above. */
export const elu = elementwise(
  'Elu',
  (x, node) => (x > 0 ? x : numberAttribute(node, 'alpha', 1) * Math.expm1(x)),
  ({ graph, node, x, y }) =>
    graph.add('Where', [
      graph.add('Greater', [x, graph.scalar(0)]),
      graph.scalar(1),
      graph.add('Add', [y, graph.scalar(numberAttribute(node, 'alpha', 1))]),
    ]),
);

/** gamma (alpha (exp(x) - 1)) for x <= 0, gamma x above. */
export const selu = elementwise(
  'Selu',
  (x, node) => {
    const { alpha, gamma } = seluForm(node);
    return gamma * (x > 0 ? x : alpha * Math.expm1(x));
  },
  ({ graph, node, x, y }) => {
    const { alpha, gamma } = seluForm(node);
    return graph.add('Where', [
      graph.add('Greater', [x, graph.scalar(0)]),
      graph.scalar(gamma),
      graph.add('Add', [y, graph.scalar(alpha * gamma)]),
    ]);
  },
);

/** @see Klambauer, Unterthiner, Mayr, Hochreiter 2017, with ONNX's rounding of the two constants */
export function seluForm(node: NetworkNode): { readonly alpha: number; readonly gamma: number } {
  return {
    alpha: numberAttribute(node, 'alpha', 1.67326319217681884765625),
    gamma: numberAttribute(node, 'gamma', 1.05070102214813232421875),
  };
}

/** x limited ramp: x max(0, min(1, x / 6 + 1/2)). */
export const hardSwish = elementwise(
  'HardSwish',
  (x) => x * Math.min(1, Math.max(0, x / 6 + 0.5)),
  ({ graph, x }) => {
    const inside = graph.add('Add', [
      graph.add('Mul', [x, graph.scalar(1 / 3)]),
      graph.scalar(0.5),
    ]);
    const below = graph.add('LessOrEqual', [x, graph.scalar(-3)]);
    const above = graph.add('GreaterOrEqual', [x, graph.scalar(3)]);
    const ramp = graph.add('Where', [above, graph.scalar(1), inside]);
    return graph.add('Where', [below, graph.scalar(0), ramp]);
  },
);

/**
 * erf to within 4e-16 relative: the Maclaurin series below 2.5, the continued fraction of erfc (Lentz) above.
 *
 * @see Abramowitz, Stegun 1964, 7.1.6 and 7.1.14
 */
function errorFunction(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude > 6) return Math.sign(x);
  if (magnitude < 2.5) {
    let term = magnitude;
    let sum = magnitude;
    for (let n = 1; Math.abs(term) > 1e-18 * sum; n += 1) {
      term *= (2 * magnitude * magnitude) / (2 * n + 1);
      sum += term;
    }
    return Math.sign(x) * (2 / Math.sqrt(Math.PI)) * Math.exp(-magnitude * magnitude) * sum;
  }
  let tail = 0;
  for (let n = 60; n >= 1; n -= 1) tail = n / 2 / (magnitude + tail);
  const complement = Math.exp(-magnitude * magnitude) / (Math.sqrt(Math.PI) * (magnitude + tail));
  return Math.sign(x) * (1 - complement);
}
