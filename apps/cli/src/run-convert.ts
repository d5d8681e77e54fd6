import { basename } from 'node:path';
import { atMost, convertModel } from '@floatpath/audit';
import { FloatpathError } from '@floatpath/core';
import { loadEngine } from '@floatpath/node';
import type { Io } from './io.js';
import { readModelFile } from './load-models.js';
import { requireFree, writeBeside } from './run-calibrate.js';
import { linesText } from './terminal.js';

/** What the person wrote, flag by flag. */
export interface ConvertFlags {
  readonly repairBatch?: true;
  readonly force?: true;
  readonly json?: true;
}

/** Writes the model as ONNX once its outputs are seen to agree. */
export async function runConvert(
  file: string,
  out: string,
  { repairBatch, force, json }: ConvertFlags,
  io: Io,
): Promise<void> {
  requireFree('convert', out, force);
  const model = await readModelFile(file);
  if (model.kind === 'opaque') {
    throw new FloatpathError(
      'unsupported-op',
      `${file}: convert: expected a model whose ops are read, got ${model.refusal?.split(';')[0] ?? 'one that runs on its own bytes only'}; export it with ops of the table in the docs`,
    );
  }
  const { engine } = await loadEngine('ort');
  const { bytes, changes, comparedWith, difference } = await convertModel(engine, model, {
    repairBatch: repairBatch === true,
  });
  await writeBeside(out, { [basename(out)]: bytes });
  if (json === true) {
    const document = { out: basename(out), bytes: bytes.length, changes, comparedWith, difference };
    io.stdout.write(`${JSON.stringify(document)}\n`);
    return;
  }
  const lines = [
    `${basename(out)}: ${bytes.length} bytes`,
    ...(changes.length === 0 ? ['nothing changed but names'] : changes),
    `outputs agree with ${comparedWith} within ${atMost(difference)} of the largest`,
  ];
  io.stdout.write(linesText(lines));
}
