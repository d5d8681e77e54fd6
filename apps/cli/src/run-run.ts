import { basename } from 'node:path';
import { runModel } from '@floatpath/audit';
import { FloatpathError, type Tensor } from '@floatpath/core';
import { readNpy, readNpz, writeNpy, writeNpz, type NpyArray } from '@floatpath/model-io/datasets';
import { loadEngine, readInputFile } from '@floatpath/node';
import { about } from './errors.js';
import type { Io } from './io.js';
import { readModelFile } from './load-models.js';
import { requireFree, writeBeside } from './run-calibrate.js';
import { printable } from './terminal.js';

/** What the person wrote, flag by flag. */
export interface RunFlags {
  readonly input: string;
  readonly output: string;
  readonly engine: 'ort' | 'ort-web';
  readonly force?: true;
  readonly json?: true;
}

/** A .npz archive begins as every zip file does. */
const isArchive = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

async function readArrays(file: string): Promise<ReadonlyMap<string, NpyArray>> {
  const bytes = await readInputFile(file);
  return about(file, () =>
    isArchive(bytes) ? readNpz(bytes) : new Map([[basename(file), readNpy(bytes)]]),
  );
}

function fileOf(output: string, tensors: readonly (readonly [string, Tensor])[]): Uint8Array {
  if (output.endsWith('.npz')) return writeNpz(Object.fromEntries(tensors));
  const [only] = tensors;
  if (only !== undefined && tensors.length === 1) return writeNpy(only[1]);
  throw new FloatpathError(
    'invalid-argument',
    `--output: expected a .npz file for ${tensors.length} outputs (${tensors.map(([name]) => name).join(', ')}), got ${basename(output)}`,
  );
}

/** Runs the model and writes its outputs. */
export async function runRun(
  file: string,
  { input, output, engine: preference, force, json }: RunFlags,
  io: Io,
): Promise<void> {
  requireFree('run', output, force);
  const model = await readModelFile(file);
  const arrays = await readArrays(input);
  const { engine } = await loadEngine(preference);
  const outputs = Object.entries(await runModel(engine, model, arrays));
  await writeBeside(output, { [basename(output)]: fileOf(output, outputs) });
  const shapes = outputs.map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  io.stdout.write(
    json === true
      ? `${JSON.stringify({ output: basename(output), outputs: shapes })}\n`
      : shapes
          .map(({ name, dtype, shape }) => `${printable(name)}: ${dtype} [${shape.join(', ')}]\n`)
          .join(''),
  );
}
