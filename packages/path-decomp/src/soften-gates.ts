import { float32Tensor, sizeOf, type Network, type ValueInfo } from '@floatpath/core';
import {
  createGraphBuilder,
  foldConstants,
  gatesOf,
  isElementwise,
  type Gate,
  type GraphBuilder,
} from '@floatpath/engine';

/** Per gate, how far the pre-activation of each unit moves; 0 for fixed units. See `floatGateWidths`. */
export type GateWidths = ReadonlyMap<string, Float32Array>;

/** ln 2: the width of a softplus that is as far from its two lines, where they meet, as the mean of a point that moves evenly by 1. */
const SOFTNESS = 1 / (4 * Math.LN2);

/**
 * The network with its float gates softened: a unit whose pre-activation moves by w gives, in place of a piecewise-linear h(z) with kinks
 * b_j, the smooth function in which every max(z - b_j, 0) is t softplus((z - b_j) / t), t in proportion to w. Where h is flat, it has a slope.
 *
 * A guide for attacks on models whose gradients are masked, and nothing else: it is not the network. Fixed units, of width 0, stay as they
 * are, so that the softened network is the network where nothing can switch. Gates that choose among values stay.
 *
 * @param widths - by name of the gate, one per unit of a row; gates without an entry stay
 * @returns a network with the first output of `network`, which has derivatives and is not piecewise linear
 */
export function softenGates(network: Network, widths: GateWidths): Network {
  const base = foldConstants(network);
  const graph = createGraphBuilder(base, { withNodes: false });
  const gates = new Map(gatesOf(base).map((gate) => [gate.node.name, gate]));
  const changed = new Map<string, string>();
  const now = (value: string): string => changed.get(value) ?? value;
  for (const plain of base.nodes) {
    const inputs = plain.inputs.map(now);
    const touched = inputs.some((value, slot) => value !== plain.inputs[slot]);
    const outputs = touched
      ? graph.addSeveral(plain.op, inputs, plain.outputs.length, plain.attributes)
      : plain.outputs;
    if (touched) plain.outputs.forEach((name, slot) => changed.set(name, outputs[slot] as string));
    else graph.addNode(plain);
    const gate = gates.get(plain.name);
    const width = widths.get(plain.name);
    if (gate === undefined || width === undefined || !isElementwise(gate)) continue;
    if (width.every((value) => value === 0)) continue;
    const z = now(gate.inputs[0] as string);
    const soft = emitSoft(graph, gate, z, width);
    const isFloat = graph.add('Greater', [perUnit(graph, gate, width), graph.scalar(0)]);
    changed.set(gate.output, graph.add('Where', [isFloat, soft, outputs[0] as string]));
  }
  const logits = base.outputs[0] as ValueInfo;
  return graph.build(`${base.name} softened`, [{ ...logits, name: now(logits.name) }]);
}

/** A constant with one value per unit of a row. */
function perUnit(graph: GraphBuilder, { rowShape }: Gate, values: ArrayLike<number>): string {
  return graph.constant(float32Tensor([1, ...rowShape], values));
}

function emitSoft(
  graph: GraphBuilder,
  gate: Gate & { op: { pieces: (gate: Gate) => (index: number) => Pieces } },
  z: string,
  width: Float32Array,
): string {
  const piecesAt = gate.op.pieces(gate);
  const units = Array.from({ length: sizeOf(gate.rowShape) }, (_, index) => piecesAt(index));
  const column = (of: (pieces: Pieces) => number | undefined): string =>
    perUnit(
      graph,
      gate,
      units.map((pieces) => of(pieces) ?? 0),
    );
  // Any width will do at fixed units, whose value is not taken.
  const softness = perUnit(
    graph,
    gate,
    width.map((w) => (w > 0 ? w * SOFTNESS : 1)),
  );
  let sum = graph.add('Add', [
    graph.add('Mul', [z, column(({ slopes }) => slopes[0])]),
    column(({ offsets }) => offsets[0]),
  ]);
  const kinks = units[0]?.breakpoints.length ?? 0;
  for (let at = 0; at < kinks; at += 1) {
    const past = graph.add('Sub', [z, column(({ breakpoints }) => breakpoints[at])]);
    const rounded = graph.add('Softplus', [graph.add('Div', [past, softness])]);
    const turn = column(({ slopes }) => (slopes[at + 1] as number) - (slopes[at] as number));
    sum = graph.add('Add', [sum, graph.add('Mul', [graph.add('Mul', [rounded, softness]), turn])]);
  }
  return sum;
}

interface Pieces {
  readonly breakpoints: readonly number[];
  readonly slopes: readonly number[];
  readonly offsets: readonly number[];
}
