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

/** A map of its columns in order: output elements `row[k]` and weights, k from `columnStart[j]` to `columnStart[j + 1]`. */
export function mapOfColumns(
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
