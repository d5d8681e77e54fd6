import { requireArgument, type Objective } from '@floatpath/core';
import type { GraphBuilder } from './graph-builder.js';

/** Fewest classes for which an objective is defined. */
const LEAST_CLASSES: Partial<Record<Objective['kind'], number>> = { dlr: 3, 'targeted-dlr': 4 };

/** The objectives whose gradient has a network of `classes` logits. */
export function objectivesOf(classes: number): readonly Objective['kind'][] {
  const all = ['cross-entropy', 'margin', 'cotangent', 'dlr', 'targeted-dlr'] as const;
  return all.filter((kind) => classes >= (LEAST_CLASSES[kind] ?? 0));
}

interface Values {
  readonly logits: string;
  /** Rows as {@link targetRows} makes them. */
  readonly target: string;
  readonly classes: number;
}

/** Emits the derivative of an objective with respect to the logits. */
export function logitsCotangent(
  graph: GraphBuilder,
  kind: Objective['kind'],
  values: Values,
): string {
  const { logits, target, classes } = values;
  requireArgument(
    objectivesOf(classes).includes(kind),
    `differentiate: expected at least ${LEAST_CLASSES[kind]} classes for ${kind}, got ${classes}; use margin`,
  );
  switch (kind) {
    case 'cotangent':
      return target;
    case 'cross-entropy':
      return graph.add('Sub', [graph.add('Softmax', [logits], { axis: -1 }), target]);
    case 'margin':
      return marginCotangent(graph, values);
    case 'dlr':
      return ratioCotangent(graph, values, marginCotangent(graph, values), 1);
    case 'targeted-dlr':
      return ratioCotangent(graph, values, target, 2);
  }
}

/** One-hot rows of the largest logit, the first of equal ones. */
function largest(graph: GraphBuilder, logits: string, classes: number): string {
  const best = graph.add('ArgMax', [logits], { axis: -1, keepdims: 0 });
  const offOn = graph.constant({ dtype: 'float32', shape: [2], data: Float32Array.of(0, 1) });
  return graph.add('OneHot', [best, graph.integers([classes]), offOn], { axis: -1 });
}

/** Pushes the logits that `oneHot` marks below every logit above -3e38. */
function without(graph: GraphBuilder, logits: string, oneHot: string): string {
  return graph.add('Sub', [logits, graph.add('Mul', [oneHot, graph.scalar(3e38)])]);
}

/** Best other class minus label. */
function marginCotangent(graph: GraphBuilder, { logits, target, classes }: Values): string {
  const rival = largest(graph, without(graph, logits, target), classes);
  return graph.add('Sub', [rival, target]);
}

/**
 * The gap c.z over the spread s.z, where s is one at the largest logit minus the mean of `lower` logits from the third down:
 * c / (s.z) - s (c.z) / (s.z)^2, and 0 where s.z is.
 */
function ratioCotangent(
  graph: GraphBuilder,
  { logits, classes }: Values,
  gapWeights: string,
  lower: number,
): string {
  const ranked: string[] = [];
  let left = logits;
  for (let rank = 0; rank < 2 + lower; rank += 1) {
    const next = largest(graph, left, classes);
    ranked.push(next);
    left = without(graph, left, next);
  }
  const [first = '', , ...rest] = ranked;
  const sum = rest.reduce((all, next) => graph.add('Add', [all, next]));
  const mean = lower === 1 ? sum : graph.add('Mul', [sum, graph.scalar(1 / lower)]);
  const spreadWeights = graph.add('Sub', [first, mean]);
  const dot = (weights: string): string =>
    graph.add('ReduceSum', [graph.add('Mul', [weights, logits]), graph.integers([-1])], {
      keepdims: 1,
    });
  const spread = dot(spreadWeights);
  const inverse = graph.add('Where', [
    graph.add('Greater', [spread, graph.scalar(0)]),
    graph.add('Div', [graph.scalar(1), spread]),
    graph.scalar(0),
  ]);
  const ratio = graph.add('Mul', [dot(gapWeights), inverse]);
  const change = graph.add('Sub', [gapWeights, graph.add('Mul', [spreadWeights, ratio])]);
  return graph.add('Mul', [change, inverse]);
}
