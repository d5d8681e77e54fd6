import { axesApart, type AxisApart } from './apart.js';
import type { Probe } from './probe.js';
import { mapOfColumns, type SparseMap } from './sparse-map.js';

/**
 * Reads the maps of an affine node off its reference evaluation, many unit vectors at a time where no output element sees
 * two of them: no knowledge of the op is needed. An entry is a product of a few rounded factors; the bounds' roundoff covers it.
 *
 * @returns one map per output
 */
export function mapsOf(probe: Probe): SparseMap[] {
  const axes = axesApart(probe);
  const classes = axes.reduce((product, { modulus }) => product * modulus, 1);
  return classes < probe.size ? mapsByClass(probe, axes, classes) : mapsByElement(probe);
}

function mapsByElement(probe: Probe): SparseMap[] {
  const { size, outputs, limit } = probe;
  const entries = outputs.map(createEntries);
  for (let first = 0; first < size; first += limit) {
    const rows = Math.min(limit, size - first);
    const vectors = new Float64Array(rows * size);
    for (let row = 0; row < rows; row += 1) vectors[row * size + first + row] = 1;
    const results = probe.linear(vectors);
    for (let row = 0; row < rows; row += 1) {
      results.forEach((data, output) => {
        const length = outputs[output] as number;
        for (let i = 0; i < length; i += 1) {
          const value = data[row * length + i] as number;
          if (value !== 0) entries[output]?.add(i, first + row, value);
        }
      });
    }
  }
  return entries.map((collected, output) => collected.map(outputs[output] as number, size));
}

function mapsByClass(probe: Probe, axes: readonly AxisApart[], classes: number): SparseMap[] {
  const { size, outputs, limit } = probe;
  const entries = outputs.map(createEntries);
  for (let first = 0; first < classes; first += limit) {
    const rows = Math.min(limit, classes - first);
    const residues = Array.from({ length: rows }, (_, row) => residuesOf(axes, first + row));
    const vectors = new Float64Array(rows * size);
    residues.forEach((of, row) => {
      fillClass(vectors.subarray(row * size, (row + 1) * size), axes, of);
    });
    probe.linear(vectors).forEach((data, output) => {
      const length = outputs[output] as number;
      data.forEach((value, k) => {
        if (value === 0) return;
        const [of, i] = [residues[Math.floor(k / length)] as readonly number[], k % length];
        const column = axes.reduce(
          (j, axis, a) => j + axis.stride * axis.position(of[a] as number, output, i),
          0,
        );
        entries[output]?.add(i, column, value);
      });
    });
  }
  return entries.map((collected, output) => collected.map(outputs[output] as number, size));
}

/** Residues along the axes of a class by its number. */
function residuesOf(axes: readonly AxisApart[], of: number): number[] {
  let rest = of;
  return axes.map(({ modulus }) => {
    const residue = rest % modulus;
    rest = Math.floor(rest / modulus);
    return residue;
  });
}

function fillClass(
  row: Float64Array,
  axes: readonly AxisApart[],
  residues: readonly number[],
): void {
  for (let j = 0; j < row.length; j += 1) {
    const isIn = axes.every(
      ({ stride, extent, modulus }, a) =>
        (Math.floor(j / stride) % extent) % modulus === residues[a],
    );
    if (isIn) row[j] = 1;
  }
}

/** Collects the entries of a map; those of a column by ascending rows. */
function createEntries(): {
  add(row: number, column: number, weight: number): void;
  map(rows: number, columns: number): SparseMap;
} {
  let [row, column] = [new Int32Array(1024), new Int32Array(1024)];
  let weight = new Float64Array(1024);
  let count = 0;
  let sorted = true;
  const grow = <T extends Int32Array | Float64Array>(from: T, into: T): T => {
    into.set(from);
    return into;
  };
  return {
    add(i, j, value) {
      if (count === row.length) {
        row = grow(row, new Int32Array(2 * count));
        column = grow(column, new Int32Array(2 * count));
        weight = grow(weight, new Float64Array(2 * count));
      }
      sorted &&= count === 0 || (column[count - 1] as number) <= j;
      row[count] = i;
      column[count] = j;
      weight[count] = value;
      count += 1;
    },
    map(rows, columns) {
      const columnStart = new Int32Array(columns + 1);
      for (let k = 0; k < count; k += 1) columnStart[(column[k] as number) + 1]! += 1;
      for (let j = 0; j < columns; j += 1) columnStart[j + 1]! += columnStart[j] as number;
      if (sorted) {
        return mapOfColumns(
          rows,
          columns,
          columnStart,
          row.slice(0, count),
          weight.slice(0, count),
        );
      }
      const cursor = columnStart.slice();
      const [inOrder, weights] = [new Int32Array(count), new Float64Array(count)];
      for (let k = 0; k < count; k += 1) {
        const place = cursor[column[k] as number]!++;
        inOrder[place] = row[k] as number;
        weights[place] = weight[k] as number;
      }
      return mapOfColumns(rows, columns, columnStart, inOrder, weights);
    },
  };
}
