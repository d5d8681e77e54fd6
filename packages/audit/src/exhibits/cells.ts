import { sizeOf } from '@floatpath/core';

/** Most cells that a gate is drawn with. */
const MOST_CELLS = 128;

/** How a gate's units are put together to be drawn. */
export interface Cells {
  readonly count: number;
  /** Units per cell; the last cell may have fewer. */
  readonly size: number;
  /** Channels per cell (units per cell where the gate has no channels). */
  readonly channels: number;
  /** What a cell is made of: `channel` or `unit`. */
  readonly of: 'channel' | 'unit';
}

/**
 * A cell per channel, or per unit where a row has one axis; runs of neighboring ones where that would make more than 128
 * cells.
 */
export function cellsOf(rowShape: readonly number[]): Cells {
  const channels = rowShape[0] ?? 1;
  const perChannel = sizeOf(rowShape.slice(1));
  const together = Math.max(1, Math.ceil(channels / MOST_CELLS));
  return {
    count: Math.ceil(channels / together),
    size: together * perChannel,
    channels: together,
    of: rowShape.length > 1 ? 'channel' : 'unit',
  };
}

/** Sums of `values` over cells, in unit order. */
export function sumCells(
  { count, size }: Cells,
  values: ArrayLike<number>,
  keep: (unit: number) => boolean = () => true,
): Float64Array {
  const sums = new Float64Array(count);
  for (let unit = 0; unit < values.length; unit += 1) {
    if (keep(unit)) sums[Math.floor(unit / size)]! += values[unit] as number;
  }
  return sums;
}
