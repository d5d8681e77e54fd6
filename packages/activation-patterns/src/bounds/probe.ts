import { float64Tensor, sizeOf, type Float64Tensor, type Tensor } from '@floatpath/core';
import { evaluateHomogeneous, opOf, type AffineOp } from '@floatpath/engine';
import type { AnalysisStep } from '../analysis.js';

/** The linear part W of an affine node from one data input, the others being zero, by what it makes of inputs. */
export interface Probe {
  /** Of the input, one row. */
  readonly shape: readonly number[];
  readonly size: number;
  /** Numbers in a row of every output. */
  readonly outputs: readonly number[];
  /** Inputs that are worth evaluating together. */
  readonly limit: number;
  /** W h per output, for the rows h one after the other. */
  linear(rows: Float64Array): readonly Float64Array[];
  /** |W| h of one row h that has no negative numbers: 0 where no element of h > 0 is reached, and only there. */
  absolute(row: Float64Array): readonly Float64Array[];
}

type Operands = readonly (Tensor | undefined)[];

/** Output numbers of one evaluation that are looked through at a time. */
const CHUNK = 1 << 20;

/** @param shapeOf - the shape of a data value, one row */
export function createProbe(
  step: AnalysisStep,
  slot: number,
  shapeOf: (name: string) => readonly number[],
  batched: boolean,
): Probe {
  const { node, isConstant } = step;
  const shape = shapeOf(node.inputs[slot] as string);
  const size = sizeOf(shape);
  const outputs = step.outputs.map((name) => sizeOf(shapeOf(name)));
  const operandsFor = (data: Float64Array): Operands => {
    const rows = data.length / size;
    const rowsOf = (row: readonly number[]): readonly number[] =>
      batched ? [rows, ...row.slice(1)] : row;
    return step
      .operands((name) => float64Tensor(rowsOf(shapeOf(name))))
      .map((operand, s) => (s === slot ? float64Tensor(rowsOf(shape), data) : operand));
  };
  const evaluate = (operands: Operands): readonly Float64Array[] =>
    (evaluateHomogeneous(node, operands, isConstant) as readonly Float64Tensor[]).map(
      ({ data }) => data,
    );
  return {
    shape,
    size,
    outputs,
    limit: batched ? Math.max(1, Math.floor(CHUNK / Math.max(size, ...outputs))) : 1,
    linear: (rows) => evaluate(operandsFor(rows)),
    absolute: (row) => evaluate((opOf(node.op) as AffineOp).absolute(node, operandsFor(row))),
  };
}
