import { float64Tensor, sizeOf, type Float64Tensor, type Tensor } from '@floatpath/core';
import { selectionsOfGate, type Analysis, type AnalysisStep } from '@floatpath/activation-patterns';
import { evaluateNode, inferTypes } from '@floatpath/engine';
import { transposeStep, type TransposedStep } from './transpose-step.js';

/** Everything that the network computes at one input, in float64. */
export interface PointValues {
  readonly input: Float64Tensor;
  readonly logits: Float64Array;
  /** Output h of every unit, in the stable order. */
  readonly outputs: Float64Array;
  /** What every unit selects. */
  readonly selections: Uint16Array;
}

/** A network ready to be followed forward and backward in float64. Make it once and use it for many inputs. */
export interface PreparedPaths {
  readonly analysis: Analysis;
  readonly classes: number;
  /** Elements of a value of the network, for one row. */
  sizeOf(value: string): number;
  /** The steps from the output to the input, affine ones with their transposes. */
  readonly backward: readonly PreparedStep[];
  /** @param x - one input in the network's own shape, float64 */
  at(x: Float64Tensor): PointValues;
}

export interface PreparedStep {
  readonly step: AnalysisStep;
  /** Absent at gates. */
  readonly transposed?: TransposedStep;
  /** What an affine node gives where all data is 0, one tensor per output: the sources of paths in it. */
  offsets(): readonly Float64Array[];
}

/**
 * Prepares the passes that ledgers and attributions are made of. Holds one float64 copy of what transposed weights need; every
 * call then allocates two float64 numbers per value of the network.
 *
 * @throws {FloatpathError} `no-gradient` for an op without a derivative
 */
export function preparePaths(analysis: Analysis): PreparedPaths {
  const { steps, input, layout } = analysis;
  const types = inferTypes(analysis.network);
  const elements = (value: string): number => sizeOf(types.get(value)?.shape ?? []);
  const backward = [...steps].reverse().map((step): PreparedStep => {
    let kept: readonly Float64Array[] | undefined;
    return {
      step,
      ...(step.gate === undefined && { transposed: transposeStep(analysis, types, step) }),
      offsets() {
        kept ??= evaluateNode(
          step.node,
          step.operands((name) => float64Tensor(types.get(name)?.shape ?? [])),
        ).map(({ data }) => data as Float64Array);
        return kept;
      },
    };
  });
  return {
    analysis,
    classes: elements(analysis.logits),
    sizeOf: elements,
    backward,
    at(x) {
      const values = new Map<string, Tensor>([[input, x]]);
      const outputs = new Float64Array(layout.units);
      const selections = new Uint16Array(layout.units);
      for (const step of steps) {
        const operands = step.operands((name) => values.get(name) as Tensor);
        const made = evaluateNode(step.node, operands);
        made.forEach((tensor, slot) => values.set(step.outputs[slot] as string, tensor));
        if (step.gate === undefined) continue;
        outputs.set(made[0]?.data as Float64Array, step.gate.start);
        selections.set(selectionsOfGate(step.gate, operands), step.gate.start);
      }
      const logits = values.get(analysis.logits)?.data as Float64Array;
      return { input: x, logits, outputs, selections };
    },
  };
}
