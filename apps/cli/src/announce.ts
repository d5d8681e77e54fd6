import type { Io } from './io.js';
import { duration, printable } from './terminal.js';

/** From where on a person wants to know how long it takes before it begins. */
const LONG = 60;

/** What a command is about to do. */
export interface Intention {
  readonly command: string;
  /** One line for each step, in the infinitive. */
  readonly steps: readonly string[];
  readonly writes: readonly string[];
  /** Null where it cannot be told. */
  readonly seconds: number | null;
  readonly engine: string;
  /** Whether --resume can go on with a run that was ended. */
  readonly resumable: boolean;
}

export interface AnnounceFlags {
  readonly dryRun?: true;
  readonly json?: true;
  readonly quiet?: true;
}

/**
 * Under --dry-run says what would be done and how long it takes; else says so on stderr where it is more than a minute.
 *
 * @returns whether that is all
 */
export function announce(intention: Intention, flags: AnnounceFlags, io: Io): boolean {
  const { command, steps, writes, seconds, engine, resumable } = intention;
  if (flags.dryRun !== true) {
    if (seconds !== null && seconds > LONG && flags.quiet !== true)
      io.stderr.write(
        `floatpath: this takes about ${duration(seconds)}; Ctrl-C ${resumable ? 'keeps what is finished' : 'ends it, and nothing is written'}\n`,
      );
    return false;
  }
  const time = seconds === null ? 'a time that cannot be told' : `about ${duration(seconds)}`;
  const lines = [
    `floatpath ${command} would`,
    ...steps.map((step) => `  ${printable(step)}`),
    ...(writes.length === 0 ? [] : [`  write ${printable(writes.join(' '))}`]),
    `  take ${time} with ${engine}`,
  ];
  io.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ dryRun: true, ...intention })}\n`
      : `${lines.join('\n')}\n`,
  );
  return true;
}
