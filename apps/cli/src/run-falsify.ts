import { falsificationText, falsificationValues, falsify } from '@floatpath/audit';
import { readVnnlib } from '@floatpath/model-io';
import { loadEngine, readInputFile } from '@floatpath/node';
import { about } from './errors.js';
import type { Io } from './io.js';
import { readModelFile } from './load-models.js';
import { duration } from './terminal.js';

/** What the person wrote, flag by flag. */
export interface FalsifyFlags {
  readonly timeout: number;
  readonly seed: number;
  readonly engine: 'ort' | 'ort-web';
  readonly json?: true;
  readonly quiet?: true;
}

/** Reads both files and prints the verdict; why, on stderr. */
export async function runFalsify(
  modelFile: string,
  specFile: string,
  { timeout, seed, engine: preference, json, quiet }: FalsifyFlags,
  io: Io,
): Promise<void> {
  if (timeout > 60 && quiet !== true)
    io.stderr.write(`floatpath: this takes ${duration(timeout)} at most, as --timeout asks\n`);
  const end = io.clock() + timeout * 1000;
  const text = await readInputFile(specFile);
  const spec = about(specFile, () => readVnnlib(text));
  const model = await readModelFile(modelFile);
  const { engine, notice } = await loadEngine(preference);
  if (notice !== undefined) io.stderr.write(`floatpath: ${notice}\n`);
  const result = await falsify(engine, model, spec, {
    seed,
    secondsLeft: () => (end - io.clock()) / 1000,
    signal: io.signal,
  });
  if (json === true) {
    io.stdout.write(`${JSON.stringify(falsificationValues(result))}\n`);
    return;
  }
  io.stdout.write(`${falsificationText(result)}\n`);
  const said = result.verdict === 'sat' ? result.unchecked : result.reason;
  if (said !== undefined && quiet !== true) io.stderr.write(`${said}\n`);
}
