import { inspectionLines, inspectModel } from '@floatpath/audit';
import { preprocessingOf, type AuditFlags } from './audit-options.js';
import type { Io } from './io.js';
import { readModelFile } from './load-models.js';
import { linesText } from './terminal.js';

/** Reads a model and prints what it holds. */
export async function runInspect(file: string, flags: AuditFlags, io: Io): Promise<void> {
  const inspection = await inspectModel(await readModelFile(file), preprocessingOf(flags));
  io.stdout.write(
    flags.json
      ? `${JSON.stringify(inspection, null, 2)}\n`
      : linesText(inspectionLines(inspection)),
  );
}
