import type { Io } from '../../src/io.js';
import { run } from '../../src/program.js';

export interface Captured {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CaptureOptions {
  readonly signal?: AbortSignal;
  readonly isTTY?: boolean;
  readonly env?: Io['env'];
  /** Sees each text on its way to stderr. */
  readonly onStderr?: (text: string) => void;
}

/** Runs the program in this process with its output kept. */
export async function runCaptured(
  argv: readonly string[],
  { signal, isTTY = false, env = {}, onStderr }: CaptureOptions = {},
): Promise<Captured> {
  let stdout = '';
  let stderr = '';
  const status = await run(argv, {
    stdout: { write: (text) => void (stdout += text), isTTY },
    stderr: {
      write(text) {
        stderr += text;
        onStderr?.(text);
      },
      isTTY,
    },
    env,
    signal: signal ?? new AbortController().signal,
    clock: () => performance.now(),
  });
  return { status, stdout, stderr };
}
