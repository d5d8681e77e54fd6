import { FloatpathError, float64Tensor, sizeOf, type Tensor } from '@floatpath/core';
import type { Analysis, AnalysisStep } from '@floatpath/activation-patterns';
import {
  constantTensors64,
  createGraphBuilder,
  evaluateNode,
  opOf,
  type ValueType,
} from '@floatpath/engine';

/** An affine node turned around: W^T, in float64. */
export interface TransposedStep {
  /**
   * @param cotangents - per output of the node, absent where none arrives
   * @returns per input slot what flows back to it; absent at constants
   */
  of(cotangents: readonly (Float64Array | undefined)[]): readonly (Float64Array | undefined)[];
}

/**
 * The transpose of an affine node, from the op's own derivative. What of it does not depend on the cotangents is worked out
 * once, here.
 */
export function transposeStep(
  analysis: Analysis,
  types: ReadonlyMap<string, ValueType>,
  { node, outputs, isConstant }: AnalysisStep,
): TransposedStep {
  const backward = opOf(node.op)?.backward;
  if (backward === undefined) {
    throw new FloatpathError(
      'no-gradient',
      `path weights: op "${node.op}" at node "${node.name}" has no derivative`,
    );
  }
  const constants = new Map(
    [...analysis.network.constants].filter(([name]) => node.inputs.includes(name)),
  );
  const graph = createGraphBuilder({ name: '', inputs: [], outputs: [], nodes: [], constants });
  const typeOf = (name: string): ValueType => types.get(name) as ValueType;
  const arriving = outputs.map((name, slot) =>
    graph.input({ name: `cotangent:${slot}`, dtype: 'float32', shape: typeOf(name).shape }),
  );
  const flows = backward({
    graph,
    node,
    cotangents: arriving,
    inputTypes: node.inputs.map((name) => (name === '' ? undefined : types.get(name))),
    outputTypes: outputs.map(typeOf),
    batched: analysis.batched,
    needed: (slot) => node.inputs[slot] !== '' && !isConstant(slot),
  });
  const built = graph.build('', []);
  const known = constantTensors64(graph.build('', []).constants);
  const moving = new Set(arriving);
  const nodes = built.nodes.filter((step) => {
    if (step.inputs.some((name) => moving.has(name))) {
      for (const name of step.outputs) moving.add(name);
      return true;
    }
    // A derivative may prepare what only other inputs need: it reads data that is not here.
    if (step.inputs.some((name) => name !== '' && !known.has(name))) return false;
    evaluateNode(
      step,
      step.inputs.map((name) => (name === '' ? undefined : known.get(name))),
    ).forEach((tensor, slot) => known.set(step.outputs[slot] as string, tensor));
    return false;
  });

  return {
    of(cotangents) {
      const values = new Map<string, Tensor>();
      arriving.forEach((name, slot) => {
        const { shape } = typeOf(outputs[slot] as string);
        const data = cotangents[slot] ?? new Float64Array(sizeOf(shape));
        values.set(name, float64Tensor(shape, data));
      });
      for (const step of nodes) {
        const made = evaluateNode(
          step,
          step.inputs.map((name) =>
            name === '' ? undefined : (values.get(name) ?? known.get(name)),
          ),
        );
        made.forEach((tensor, slot) => values.set(step.outputs[slot] as string, tensor));
      }
      return node.inputs.map((name, slot) => {
        const flow = flows[slot];
        if (flow === undefined || name === '' || isConstant(slot)) return undefined;
        return values.get(flow)?.data as Float64Array;
      });
    },
  };
}
