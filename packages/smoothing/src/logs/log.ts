import type { Dialect } from './dialects.js';

/** One image of a certification log. */
export interface LogRow {
  readonly index: number;
  readonly label: number;
  /** Null where the classifier abstained. */
  readonly predicted: number | null;
  /** As printed, unrounded: digits are evidence. Absent in logs of predictions. */
  readonly radius?: string;
  /** The log's own word on whether the prediction is right. */
  readonly saysCorrect: number;
  /** Null where the text is no duration. */
  readonly seconds: number | null;
  /** Further columns of the dialect, as printed. */
  readonly further: Readonly<Record<string, string>>;
}

export interface Log {
  readonly dialect: Dialect;
  readonly rows: readonly LogRow[];
  /** Lines after the rows that are none: summaries that some programs append. */
  readonly trailer: readonly string[];
  /** Whether the last line ended in the middle, as after a crash. */
  readonly torn: boolean;
}

/** Right and not abstained, whatever the log says. */
export const isRight = ({ label, predicted }: LogRow): boolean => predicted === label;
