import { styleText } from 'node:util';
import type { Progress } from '@floatpath/core';
import type { Io } from './io.js';

type Format = Parameters<typeof styleText>[0];

/** Colors where a person looks at a terminal and has not set NO_COLOR. */
export function style(format: Format, text: string, { stderr, env }: Io): string {
  const wanted = stderr.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return wanted ? styleText(format, text, { validateStream: false }) : text;
}

const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

const oneLine = (text: string): string =>
  text.replace(/\s*\r?\n\s*/g, ' ').replace(controls, '\ufffd');

/** One line: control and direction characters, which a file may bring along, become U+FFFD. */
export const printable = (text: string): string => oneLine(text.trim());

/** What a command prints: as many lines as there are, whatever names are in them. */
export const linesText = (lines: readonly string[]): string =>
  lines.map((line) => `${oneLine(line)}\n`).join('');

/** `12 s`, `3 min 5 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** How long a stage may work before a log without a terminal gets a sign of life. */
const SILENCE = 10;

export interface ProgressLines {
  /** One line per stage, rewritten in place on a terminal, with the time left. */
  show(progress: Progress): void;
  /** Ends a line that is still being rewritten. */
  end(): void;
}

export function createProgressLines(io: Io, quiet: boolean): ProgressLines {
  const terminal = io.stderr.isTTY === true;
  let stage: string | undefined;
  let begun = io.clock();
  let told = begun;
  let printed = begun;
  let open = false;

  function end(): void {
    if (open) io.stderr.write('\n');
    open = false;
  }

  function textOf({ stage, done, total }: Progress, seconds: number): string {
    const share = total === 0 ? 1 : done / total;
    const left = share > 0 ? `, about ${duration((seconds * (1 - share)) / share)} left` : '';
    const state =
      share < 1 ? `${Math.floor(100 * share)} %${left}` : `done in ${duration(seconds)}`;
    return `  ${printable(stage)}: ${state}`;
  }

  function show(progress: Progress): void {
    const now = io.clock();
    if (stage !== progress.stage) {
      end();
      stage = progress.stage;
      // Progress is told after each batch, so the time since the stage before belongs to this one.
      begun = told;
    }
    told = now;
    const finished = progress.done >= progress.total;
    const line = textOf(progress, (now - begun) / 1000);
    if (terminal) {
      const fitting = line.slice(0, Math.max(20, (io.stderr.columns ?? 80) - 1));
      io.stderr.write(`\r\u001b[K${style('dim', fitting, io)}`);
      open = true;
    } else if (finished || now - printed >= SILENCE * 1000) {
      io.stderr.write(`${line}\n`);
      printed = now;
    }
    if (finished) {
      end();
      stage = undefined;
    }
  }

  return quiet ? { show: () => undefined, end: () => undefined } : { show, end };
}
