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

/** Images of the audit of the bundled networks where only WebAssembly is there, which is about five times slower. */
const FEWER_IMAGES = 20;

export async function loadWork(request: AuditRequest, flags: AuditFlags): Promise<Work> {
  const { sigma, preprocessing } = request;
  const found = await loadEngine(flags.engine);
  const demo = request.models.length === 0 && flags.limitChosen === false;
  const fewer = demo && found.notice !== undefined;
  const notice = `${found.notice}; auditing ${FEWER_IMAGES} images instead of ${flags.limit}, --limit ${flags.limit} audits all`;
  const loaded = fewer ? { ...found, notice } : found;
  const limit = fewer ? FEWER_IMAGES : request.selection.limit;
  const models =
    request.models.length === 0
      ? await loadBundledModels(sigma, preprocessing)
      : await loadModels(request.models, flags.calibration, preprocessing);
  const data = await loadData(request.data, { ...request.selection, limit });
  return { models, data, loaded };
}
