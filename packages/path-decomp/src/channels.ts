import type { NetworkNode } from '@floatpath/core';
import {
  emitHomogeneous,
  isElementwise,
  type Gate,
  type GraphBuilder,
  type IsConstant,
} from '@floatpath/engine';
import type { Partition } from './partition.js';

/** The two parts of one value. No `float` means that no path to it has crossed a gate yet: exactly 0. */
export interface Channels {
  readonly fixed: string;
  readonly float: string | undefined;
}

/** A value that is 0 wherever `like` is finite, in its shape and dtype. */
export function zeroLike(graph: GraphBuilder, like: string): string {
  return graph.add('Sub', [like, like]);
}

/** fixed' = W fixed + b: the node as it is, on the fixed parts of its data inputs. One value per output. */
export function affineFixed(
  graph: GraphBuilder,
  node: NetworkNode,
  channelsOf: (value: string) => Channels | undefined,
): readonly string[] {
  const inputs = node.inputs.map((input) => channelsOf(input)?.fixed ?? input);
  // Until the first gate the fixed part is the value itself, so the plain node serves both.
  if (inputs.every((input, slot) => input === node.inputs[slot])) return node.outputs;
  return graph.addSeveral(node.op, inputs, node.outputs.length, node.attributes);
}

/** float' = W float: the node without its offsets, on the float parts of its data inputs. One value per output. */
export function affineFloat(
  graph: GraphBuilder,
  node: NetworkNode,
  channelsOf: (value: string) => Channels | undefined,
  isConstant: IsConstant,
): readonly string[] | undefined {
  const channels = node.inputs.map(channelsOf);
  if (channels.every((channel) => channel?.float === undefined)) return undefined;
  const inputs = node.inputs.map((input, slot) => {
    const channel = channels[slot];
    return channel === undefined ? input : (channel.float ?? zeroLike(graph, channel.fixed));
  });
  return emitHomogeneous(graph, node, inputs, isConstant);
}

/** Selections of float units (`own`) and of fixed units (`kept`); the same value where nothing was recorded. */
export interface GateSelections {
  readonly own: string;
  readonly kept: string;
}

/** Both parts of what a gate's units look at, per input slot; undefined at constants. */
export type GateInputs = readonly (Channels | undefined)[];

/** S y + c for one selection. */
function selected(
  graph: GraphBuilder,
  gate: Gate,
  selection: string,
  ys: readonly (string | undefined)[],
): string {
  const linear = gate.op.applySelection(graph, gate, selection, ys);
  const offset = gate.op.selectedOffset?.(graph, gate, selection);
  return offset === undefined ? linear : graph.add('Add', [linear, offset]);
}

const fixedOf = (inputs: GateInputs): (string | undefined)[] =>
  inputs.map((channels) => channels?.fixed);

/** fixed' = (1 - m)(S fixed + c), with the S and c kept for fixed units. */
export function gateFixed(
  graph: GraphBuilder,
  gate: Gate,
  floatUnits: string,
  selections: GateSelections,
  inputs: GateInputs,
): string {
  return graph.add('Where', [
    floatUnits,
    graph.scalar(0),
    selected(graph, gate, selections.kept, fixedOf(inputs)),
  ]);
}

/** float' = S float + m (S fixed + c): own S and c at float units, kept ones at fixed units. */
export function gateFloat(
  graph: GraphBuilder,
  gate: Gate,
  floatUnits: string,
  selections: GateSelections,
  inputs: GateInputs,
): string {
  const { own, kept } = selections;
  const started = selected(graph, gate, own, fixedOf(inputs));
  if (inputs.every((channels) => channels?.float === undefined)) {
    return graph.add('Where', [floatUnits, started, graph.scalar(0)]);
  }
  const floats = inputs.map(
    (channels) => channels && (channels.float ?? zeroLike(graph, channels.fixed)),
  );
  const passedOwn = gate.op.applySelection(graph, gate, own, floats);
  if (own === kept) {
    const start = graph.add('Where', [floatUnits, started, graph.scalar(0)]);
    return graph.add('Add', [passedOwn, start]);
  }
  const passedKept = gate.op.applySelection(graph, gate, kept, floats);
  return graph.add('Where', [floatUnits, graph.add('Add', [passedOwn, started]), passedKept]);
}

/** ONNX data type number of float32. */
const FLOAT = 1;

/** Whether every unit gives z where z > 0 and 0 elsewhere. */
export function passesPositive(gate: Gate): boolean {
  if (!isElementwise(gate) || gate.pieces !== 2) return false;
  const piecesOf = gate.op.pieces(gate);
  return Array.from({ length: gate.units }, (_, unit) => piecesOf(unit)).every(
    ({ breakpoints, slopes, offsets }) =>
      breakpoints[0] === 0 && slopes[0] === 0 && slopes[1] === 1 && offsets.every((c) => c === 0),
  );
}

/**
 * {@link gateFixed} where units select by their own pre-activation, in fewer passes over the data; the same numbers up to
 * the sign of zero, except that a dropped infinity is NaN.
 *
 * Where no gate was crossed before, S z + c is the gate's own output. A gate that gives z or 0 only needs to know the units
 * that are fixed and have z > 0. Products with 0 and 1 cost less than choices by `Where`.
 */
export function ownGateFixed(
  graph: GraphBuilder,
  gate: Gate,
  partition: Partition,
  inputs: GateInputs,
): string {
  const kept = (bool: string, value: string): string =>
    graph.add('Mul', [value, graph.add('Cast', [bool], { to: FLOAT })]);
  const fixedUnits = (): string => graph.add('Not', [partition.floatUnits(graph, gate)]);
  const uncrossed = inputs.every(
    (channels, slot) => channels === undefined || channels.fixed === gate.inputs[slot],
  );
  const passes = passesPositive(gate);
  if (passes && partition.fixedActive !== undefined) {
    const value = uncrossed ? gate.output : (inputs[0]?.fixed as string);
    return kept(partition.fixedActive(graph, gate), value);
  }
  if (uncrossed) return kept(fixedUnits(), gate.output);
  if (passes) {
    // Read off the output, which is wanted anyhow: a second reader of z keeps runtimes from fusing its layer with the gate.
    const active = graph.add('Greater', [gate.output, graph.scalar(0)]);
    return kept(graph.add('And', [fixedUnits(), active]), inputs[0]?.fixed as string);
  }
  return graph.add('Where', [
    partition.floatUnits(graph, gate),
    graph.scalar(0),
    selected(graph, gate, gate.op.select(graph, gate), fixedOf(inputs)),
  ]);
}
