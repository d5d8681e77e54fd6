import type { EventEmitter } from 'node:events';

/** A stream that may fail, with what is written to it. */
export interface WatchedStream extends Pick<EventEmitter, 'on'> {
  write(text: string): unknown;
}

/**
 * Watches for output that cannot be written. A reader that closes its end early (`| head`) is no failure of the program;
 * a full disk is, and `onLost` is called once for it: no exit status may read as an answer then.
 */
export function watchOutput(
  { stdout, stderr }: { readonly stdout: WatchedStream; readonly stderr: WatchedStream },
  onLost: () => void,
): { readonly lost: boolean } {
  const state = { lost: false };
  for (const stream of [stdout, stderr]) {
    stream.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE' || state.lost) return;
      state.lost = true;
      if (stream === stdout)
        stderr.write(`floatpath: expected to write to standard output, got ${code}\n`);
      onLost();
    });
  }
  return state;
}
