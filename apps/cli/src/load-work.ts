import type { AuditData, AuditModel } from '@floatpath/audit';
import { loadEngine, type LoadedEngine } from '@floatpath/node';
import type { AuditFlags, AuditRequest } from './audit-options.js';
import { loadData } from './load-data.js';
import { loadBundledModels, loadModels } from './load-models.js';

/** What an audit works on and with. */
export interface Work {
  readonly models: readonly AuditModel[];
  readonly data: AuditData;
  readonly loaded: LoadedEngine;
}

export async function loadWork(request: AuditRequest, flags: AuditFlags): Promise<Work> {
  const { sigma, preprocessing } = request;
  const models =
    request.models.length === 0
      ? await loadBundledModels(sigma, preprocessing)
      : await loadModels(request.models, flags.calibration, preprocessing);
  const data = await loadData(request.data, request.selection);
  return { models, data, loaded: await loadEngine(flags.engine) };
}
