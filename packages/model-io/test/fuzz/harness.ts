import { createContext, Script } from 'node:vm';
import { FloatpathError } from '@floatpath/core';
import { randomOf, type Random } from './random.js';

/** A reader under test, with real files and a way to damage them where their structure is. */
export interface FuzzTarget {
  readonly format: string;
  /** Files that are read without an error. */
  readonly seeds: readonly Uint8Array[];
  /** Reads the file to the end, synchronously. */
  read(bytes: Uint8Array): unknown;
  mutate(seed: Uint8Array, random: Random): Uint8Array;
  /** What every refusal must contain: the place in the file, in the format's own words. */
  readonly place: RegExp;
}

export interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
}

export interface FuzzSummary {
  readonly format: string;
  readonly mutants: number;
  /** Mutants that were read all the same. */
  readonly accepted: number;
  /** Refusals by error code. */
  readonly refused: Readonly<Record<string, number>>;
  readonly slowestSeconds: number;
  /** The largest memory taken beyond 10 times the file, in MB. */
  readonly mostMegabytes: number;
}

export const MOST_SECONDS = 5;
export const MOST_MEGABYTES = 200;
const MEGABYTE = 2 ** 20;

/** Runs `work` and stops it, endless loops included, after {@link MOST_SECONDS}. */
function stopwatch(): (work: () => void) => void {
  const inside = { work: (): void => undefined };
  const context = createContext(inside);
  const script = new Script('work()');
  return (work) => {
    inside.work = work;
    script.runInContext(context, { timeout: MOST_SECONDS * 1000 });
  };
}

const taken = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** What is wrong with an error as an answer to a damaged file; `undefined` where nothing is. */
function faultOf(error: unknown, { place }: FuzzTarget): string | undefined {
  if (!(error instanceof FloatpathError)) {
    const code = (error as { code?: string }).code;
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return `took more than ${MOST_SECONDS} s`;
    return `crashed with ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  if (!/^\w+: /.test(error.message)) return `an error without its function: ${error.message}`;
  if (!place.test(error.message)) return `an error that names no place: ${error.message}`;
  return error.message.length > 2000 ? 'an error of more than 2000 characters' : undefined;
}

/**
 * Reads `count` damaged files. The first that crashes the reader, takes more than 5 seconds or more memory than 10 times the file plus
 * 200 MB, or is refused without saying where, fails the run with the number that repeats it.
 *
 * Memory is that of the heap and of all buffers right after the read, garbage included.
 */
export function fuzz(target: FuzzTarget, { count, seed }: FuzzOptions): FuzzSummary {
  for (const [i, bytes] of target.seeds.entries()) {
    try {
      target.read(bytes);
    } catch (error) {
      throw new Error(`${target.format}: seed file ${i} itself is refused`, { cause: error });
    }
  }
  const withinTime = stopwatch();
  let accepted = 0;
  let slowestSeconds = 0;
  let mostMegabytes = 0;
  const refused: Record<string, number> = {};
  for (let number = 0; number < count; number += 1) {
    const random = randomOf(seed, number);
    const bytes = target.mutate(random.pick(target.seeds), random);
    const fail = (what: string): never => {
      const head = Buffer.from(bytes.subarray(0, 48)).toString('hex');
      throw new Error(
        `${target.format}: mutant ${number} of seed ${seed} (${bytes.length} bytes, ${head}): ${what}`,
      );
    };
    const before = taken();
    const begun = performance.now();
    let fault: string | undefined;
    try {
      withinTime(() => void target.read(bytes));
      accepted += 1;
    } catch (error) {
      fault = faultOf(error, target);
      if (error instanceof FloatpathError) refused[error.code] = (refused[error.code] ?? 0) + 1;
    }
    const seconds = (performance.now() - begun) / 1000;
    const megabytes = (taken() - before - 10 * bytes.length) / MEGABYTE;
    if (fault !== undefined) fail(fault);
    if (megabytes > MOST_MEGABYTES)
      fail(`took ${Math.round(megabytes)} MB beyond 10 times the file`);
    slowestSeconds = Math.max(slowestSeconds, seconds);
    mostMegabytes = Math.max(mostMegabytes, megabytes);
  }
  return {
    format: target.format,
    mutants: count,
    accepted,
    refused,
    slowestSeconds,
    mostMegabytes,
  };
}
