import type { Measure } from './measure.js';

/** Both sides of one comparison, ready to be measured. */
export interface Sides {
  readonly first: Measure;
  readonly second: Measure;
  close(): Promise<void>;
}

/** A line of the table of benchmarks: the rate of `first` over that of `second`. */
export interface Row {
  readonly id: string;
  readonly what: string;
  readonly goal: number;
  readonly sense: 'at least' | 'at most';
  readonly rounds: number;
  /** Measured by the clock on the wall, so that other work on the machine counts. */
  readonly wall?: true;
  /** Arguments of torch_baseline.py where PyTorch is the second side. */
  readonly torch?: readonly string[];
  /** Said where the goal is not reached. */
  readonly shortfall?: string;
  /** @param torch - the second side where the row has one */
  open(torch: Measure): Promise<Sides>;
}

/** Rows of one side against PyTorch. */
export function againstTorch(
  row: Omit<Row, 'open' | 'sense' | 'torch'> & { readonly torch: readonly string[] },
  open: () => Promise<{ readonly ours: Measure; close(): Promise<void> }>,
): Row {
  return {
    ...row,
    sense: 'at least',
    async open(torch) {
      const { ours, close } = await open();
      return { first: ours, second: torch, close };
    },
  };
}
