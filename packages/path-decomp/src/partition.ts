import { boolTensor } from '@floatpath/core';
import type { Gate, GraphBuilder } from '@floatpath/engine';
import type { FixedFirst } from './fixed-first.js';

/**
 * Says which units of a gate are float, inside the graph. What it is a function of decides what a
 * split certifies: a partition that reads its masks from graph inputs is given from outside, one that
 * reads the gate's own inputs is a function of the network's own input.
 */
export interface Partition {
  /** Emits a bool value that broadcasts to the gate's output, true at float units, and returns its name. */
  floatUnits(graph: GraphBuilder, gate: Gate): string;
  /**
   * For a gate that gives z where z > 0 and 0 elsewhere, where it costs less than {@link floatUnits}: emits a bool value,
   * true at units that are fixed and have z > 0, from the gate's output. What a fixed unit with z <= 0 gives is 0 anyhow.
   */
  readonly fixedActive?: (graph: GraphBuilder, gate: Gate) => string;
  /** For a network made by `fixedFirst`, the number of fixed units that a gate begins with, all others being float. */
  readonly leading?: (gate: Gate) => number | undefined;
}

/** Name of the input that holds a gate's float units: bool, true = float. */
export function floatInput(gate: Gate): string {
  return `float:${gate.node.name}`;
}

/** Name of the input that holds a gate's recorded selections. */
export function selectionInput(gate: Gate): string {
  return `selection:${gate.node.name}`;
}

/** Masks from outside, one per row: an input {@link floatInput} of the gate's output shape, `[batch, ...rowShape]`, per gate. */
export function givenPartition(): Partition {
  return {
    floatUnits: (graph, gate) =>
      graph.input({
        name: floatInput(gate),
        dtype: 'bool',
        shape: gate.outputShape,
      }),
  };
}

/**
 * Masks from outside, one for all rows of a batch (the noisy copies of one image): an input
 * {@link floatInput} of shape `[1, ...rowShape]` per gate.
 */
export function perImagePartition(): Partition {
  return {
    floatUnits: (graph, gate) =>
      graph.input({
        name: floatInput(gate),
        dtype: 'bool',
        shape: gate.outputShape.map((extent) => (extent === 'batch' ? 1 : extent)),
      }),
  };
}

/** One mask for all inputs, for the network that {@link fixedFirst} has put in its order: dense layers multiply fixed units only. */
export function fixedFirstPartition({
  floatUnits,
  leading,
}: Pick<FixedFirst, 'floatUnits' | 'leading'>): Partition {
  return {
    floatUnits: (graph, gate) => {
      const mask = floatUnits.get(gate.node.name) ?? new Uint8Array(gate.units);
      return graph.constant(boolTensor([1, ...gate.rowShape], mask));
    },
    leading: (gate) => leading.get(gate.node.name),
  };
}
