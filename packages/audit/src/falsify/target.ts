import type { VnnlibCase, VnnlibSpec } from '@floatpath/model-io';
import { holds, violation } from './constraint.js';
import { floatBox, type FloatBox } from './float-box.js';

/** A case of a specification, with the float32 points of its box. */
export interface Target extends VnnlibCase {
  readonly box: FloatBox;
}

/** One target per case. Cases of one box share its float32 points. */
export function targetsOf({ cases }: VnnlibSpec): readonly Target[] {
  const boxes = new Map<Float64Array, FloatBox>();
  return cases.map(({ low, high, constraints }) => {
    const box = boxes.get(low) ?? floatBox({ low, high });
    boxes.set(low, box);
    return { low, high, constraints, box };
  });
}

/** Whether the numbers that stand for the float32 point `x` meet all constraints with outputs `y`. */
export function meets({ constraints, box }: Target, x: Float32Array, y: Float32Array): boolean {
  const stated = box.stated(x);
  return constraints.every((constraint) => holds(constraint, stated, y));
}

/** How a row's constraints become one number to go down: the worst one alone, or all that do not hold. */
export type Penalty = 'worst' | 'sum';

export interface Push {
  /** The largest violation: the case holds where no violation is above 0. */
  readonly worst: number;
  /** Weights on the inputs and outputs that the penalty falls along. */
  readonly inputs: ReadonlyMap<number, number>;
  readonly outputs: Float32Array;
}

/** The gradient of the penalty in inputs and outputs, at a point and its outputs. */
export function pushOf(
  { constraints }: Target,
  x: Float32Array,
  y: Float32Array,
  penalty: Penalty,
): Push {
  const violations = constraints.map((constraint) => violation(constraint, x, y));
  const worst = Math.max(...violations);
  const inputs = new Map<number, number>();
  const outputs = new Float32Array(y.length);
  constraints.forEach((constraint, i) => {
    const size = violations[i] as number;
    if (penalty === 'worst' ? size !== worst : size <= 0 && size !== worst) return;
    for (const { index, weight } of constraint.inputs)
      inputs.set(index, (inputs.get(index) ?? 0) + weight);
    for (const { index, weight } of constraint.outputs)
      outputs[index] = (outputs[index] as number) + weight;
  });
  return { worst, inputs, outputs };
}
