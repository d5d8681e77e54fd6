/** All class counts of one sample of one image: one line of a counts file. */
export interface CountsRow {
  readonly image: number;
  /** True label; null where nobody knows it. */
  readonly label: number | null;
  readonly purpose: 'selection' | 'estimation';
  /** Number of the first draw. */
  readonly from: number;
  /** Draws made, rejected ones included. */
  readonly n: number;
  /** Draws in no class count; they count against every certificate. */
  readonly rejected: number;
  readonly counts: readonly number[];
  /** What a radius at this image loses because it is not on the grid of the noise; input units. */
  readonly offGrid: number;
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

/** The row that a line holds, or undefined for anything else. */
export function rowIn(value: unknown, classes: number): CountsRow | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { image, label, purpose, from, n, rejected, counts, offGrid } = value as Record<
    keyof CountsRow,
    unknown
  >;
  if (!isCount(image) || !isCount(from) || !isCount(n) || n < 1 || !isCount(rejected))
    return undefined;
  if (purpose !== 'selection' && purpose !== 'estimation') return undefined;
  if (label !== null && !isCount(label)) return undefined;
  if (typeof offGrid !== 'number' || !(offGrid >= 0)) return undefined;
  if (!Array.isArray(counts) || counts.length !== classes || !counts.every(isCount))
    return undefined;
  const total = counts.reduce((sum, count) => sum + count, rejected);
  return total === n ? { image, label, purpose, from, n, rejected, counts, offGrid } : undefined;
}

const order = { selection: 0, estimation: 1 } as const;

/** By image, selection first, then by draw. */
export function compareRows(a: CountsRow, b: CountsRow): number {
  return a.image - b.image || order[a.purpose] - order[b.purpose] || a.from - b.from;
}
