/** What the program touches of the process it runs in; tests hand over their own. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the person or the system asks the program to stop. */
  readonly signal: AbortSignal;
  /** Milliseconds since some fixed moment. */
  readonly clock: () => number;
}

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}
