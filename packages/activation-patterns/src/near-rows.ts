import type { GraphBuilder } from '@floatpath/engine';
import type { AnalysisElementwiseGate, AnalysisGate } from './analysis.js';

/** Selections this near to a breakpoint in float32 are settled in float64, or 16 roundoffs of the gate's largest value, if more. */
export const NEAR = 1e-5;

/** 16 unit roundoffs of float32. */
const ROUNDING = 16 * 2 ** -24;

/**
 * Emits, per row, whether any unit of the gate is nearer than NEAR, or than 16 roundoffs of the largest of the values that it looks at,
 * to a breakpoint or a tie: bool, of the gate's output shape with extents of 1 after the batch axis. One number per row leaves the
 * engine, not one per unit.
 */
export function emitNearRows(graph: GraphBuilder, gate: AnalysisGate, batched: boolean): string {
  const axes = gate.outputShape.flatMap((_, axis) => (batched && axis === 0 ? [] : [axis]));
  const over = (op: 'ReduceMin' | 'ReduceMax', value: string): string =>
    axes.length === 0 ? value : graph.add(op, [value, graph.integers(axes)], { keepdims: 1 });
  const distance = gate.kind === 'choice' ? gate.op.gap(graph, gate) : toBreakpoints(graph, gate);
  const value = gate.kind === 'choice' ? gate.output : (gate.inputs[0] as string);
  const largest = over('ReduceMax', graph.add('Abs', [value]));
  // One piece for all z: no unit is near anything.
  if (distance === undefined) return graph.add('Less', [largest, largest]);
  const rounding = graph.add('Mul', [largest, graph.scalar(ROUNDING)]);
  const near = graph.add('Max', [rounding, graph.scalar(NEAR)]);
  return graph.add('Less', [over('ReduceMin', distance), near]);
}

/** The breakpoint of number `k` of every unit. */
export function breakpointsAt(gate: AnalysisElementwiseGate, k: number): Float32Array {
  return Float32Array.from(
    { length: gate.units },
    (_, unit) => gate.piecesOf(unit).breakpoints[k] as number,
  );
}

/** Emits the distance of every unit to its nearest breakpoint; undefined where there is none. */
function toBreakpoints(graph: GraphBuilder, gate: AnalysisElementwiseGate): string | undefined {
  const [z] = gate.inputs as readonly [string];
  const distances = gate.piecesOf(0).breakpoints.map((_, k) => {
    const values = breakpointsAt(gate, k);
    const [first = 0] = values;
    if (values.some((value) => value !== first)) {
      const breakpoints = graph.constant({ dtype: 'float32', shape: gate.rowShape, data: values });
      return graph.add('Abs', [graph.add('Sub', [z, breakpoints])]);
    }
    return graph.add('Abs', [first === 0 ? z : graph.add('Sub', [z, graph.scalar(first)])]);
  });
  const [first, ...rest] = distances;
  return first && rest.reduce((least, distance) => graph.add('Min', [least, distance]), first);
}
