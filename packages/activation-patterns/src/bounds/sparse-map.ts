import { float64Tensor, sizeOf, type Float64Tensor } from '@floatpath/core';
import { evaluateHomogeneous } from '@floatpath/engine';
import type { AnalysisStep } from '../analysis.js';

/**
 * The linear part of an affine node from one of its inputs to one of its outputs, without its zeros: by input element
 * (what an element reaches, with the weights) and by output element (what an element is made of).
 */
export interface SparseMap {
  readonly rows: number;
  readonly columns: number;
  /** Output elements `row[k]`, k from `columnStart[j]` to `columnStart[j + 1]`, that input element j reaches. */
  readonly columnStart: Int32Array;
  readonly row: Int32Array;
  readonly weight: Float64Array;
  /** Input elements `column[k]` of output element i, and where their weights are in `weight`. */
  readonly rowStart: Int32Array;
  readonly column: Int32Array;
  readonly at: Int32Array;
}

/** Output numbers of one evaluation that are looked through at a time. */
const CHUNK = 1 << 20;

/**
 * Reads the maps of an affine node off its reference evaluation, one unit vector per input element: no knowledge of the
 * op is needed. An entry is a product of a few rounded factors; the bounds' roundoff covers it.
 *
 * @param slot - a data input; the others are zero
 * @param shapeOf - the shape of a data value, one row
 * @returns one map per output
 */
export function mapsOfSlot(
  step: AnalysisStep,
  slot: number,
  shapeOf: (name: string) => readonly number[],
  batched: boolean,
): SparseMap[] {
  const shape = shapeOf(step.node.inputs[slot] as string);
  const size = sizeOf(shape);
  const evaluate = (rows: number, first: number): readonly Float64Tensor[] => {
    const operands = step.operands((name) => {
      const rowShape = shapeOf(name);
      return float64Tensor(batched ? [rows, ...rowShape.slice(1)] : rowShape);
    });
    const probe = new Float64Array(rows * size);
    for (let row = 0; row < rows; row += 1) probe[row * size + first + row] = 1;
    const probed = operands.map((operand, s) =>
      s === slot ? float64Tensor(batched ? [rows, ...shape.slice(1)] : shape, probe) : operand,
    );
    return evaluateHomogeneous(step.node, probed, step.isConstant) as readonly Float64Tensor[];
  };
  const outputs = step.outputs.map((name) => sizeOf(shapeOf(name)));
  const entries = outputs.map(() => createEntries(size));
  const limit = batched ? Math.max(1, Math.floor(CHUNK / Math.max(size, ...outputs))) : 1;
  for (let first = 0; first < size; first += limit) {
    const rows = Math.min(limit, size - first);
    const results = evaluate(rows, first);
    for (let row = 0; row < rows; row += 1) {
      results.forEach(({ data }, output) => {
        const length = outputs[output] as number;
        entries[output]?.column(data.subarray(row * length, (row + 1) * length));
      });
    }
  }
  return entries.map((collected, output) => collected.map(outputs[output] as number));
}

/** Collects the columns of a map in order. */
function createEntries(columns: number): {
  column(values: Float64Array): void;
  map(rows: number): SparseMap;
} {
  let row = new Int32Array(1024);
  let weight = new Float64Array(1024);
  const columnStart = new Int32Array(columns + 1);
  let count = 0;
  let done = 0;
  return {
    column(values) {
      for (let i = 0; i < values.length; i += 1) {
        const value = values[i] as number;
        if (value === 0) continue;
        if (count === row.length) {
          const [rows, weights] = [row, weight];
          row = new Int32Array(2 * count);
          weight = new Float64Array(2 * count);
          row.set(rows);
          weight.set(weights);
        }
        row[count] = i;
        weight[count] = value;
        count += 1;
      }
      done += 1;
      columnStart[done] = count;
    },
    map: (rows) =>
      withRows(rows, columns, columnStart, row.slice(0, count), weight.slice(0, count)),
  };
}

function withRows(
  rows: number,
  columns: number,
  columnStart: Int32Array,
  row: Int32Array,
  weight: Float64Array,
): SparseMap {
  const rowStart = new Int32Array(rows + 1);
  for (const i of row) rowStart[i + 1]! += 1;
  for (let i = 0; i < rows; i += 1) rowStart[i + 1]! += rowStart[i] as number;
  const cursor = rowStart.slice();
  const column = new Int32Array(row.length);
  const at = new Int32Array(row.length);
  for (let j = 0; j < columns; j += 1) {
    for (let k = columnStart[j] as number; k < (columnStart[j + 1] as number); k += 1) {
      const place = cursor[row[k] as number]!++;
      column[place] = j;
      at[place] = k;
    }
  }
  return { rows, columns, columnStart, row, weight, rowStart, column, at };
}

/** Whether a map copies its input element by element. */
export function isIdentity({ rows, columns, row, weight, columnStart }: SparseMap): boolean {
  if (rows !== columns || row.length !== rows) return false;
  return row.every((i, k) => i === k && weight[k] === 1 && columnStart[k] === k);
}
