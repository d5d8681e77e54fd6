import { existsSync } from 'node:fs';
import { hashOfModel, type Report } from '@floatpath/audit';
import { FloatpathError } from '@floatpath/core';
import { readModelFile } from './load-models.js';

/**
 * A report of an earlier model says nothing about the one that lies there now.
 *
 * @param models - the files that an audit by the same configuration reads; those that are not here are not looked at
 * @throws {FloatpathError} `invalid-data` naming the file that has changed
 */
export async function requireFresh(report: Report, models: readonly string[]): Promise<void> {
  const { bounds, layout, mean, std } = report.settings;
  const preprocessing = { bounds, layout, ...(mean && { mean }), ...(std && { std }) };
  for (const [i, file] of models.entries()) {
    const network = report.networks[i];
    if (network === undefined || !existsSync(file)) continue;
    const hash = await hashOfModel(await readModelFile(file), preprocessing);
    if (hash === network.hash) continue;
    throw new FloatpathError(
      'invalid-data',
      `gate: expected the report of ${file} as it is now, got one of ${network.hash.slice(0, 12)} where it is ${hash.slice(0, 12)}; run floatpath audit again, or name the report to judge it all the same`,
    );
  }
}
