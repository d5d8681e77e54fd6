/** Handed down every long call. */
export interface RunOptions {
  /** Checked before each batch; the call rejects with `signal.reason` untouched. */
  readonly signal?: AbortSignal;
  /** Called once per batch; the last call has `done === total`. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}
