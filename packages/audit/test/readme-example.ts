import {
  audit,
  inProcessCounting,
  reportHtml,
  reportJson,
  storyLines,
  type AuditData,
} from '@floatpath/audit';
import { defaultPreprocessing } from '@floatpath/core';
import { ortEngine, type OrtModule } from '@floatpath/engine/ort';
import { readModel } from '@floatpath/model-io';

/** Audits one model file; `ort` is the module onnxruntime-node or onnxruntime-web. */
export async function auditFile(bytes: Uint8Array, data: AuditData, ort: OrtModule) {
  const engine = ortEngine(ort);
  const report = await audit(
    [{ label: 'mine', model: readModel(bytes, { name: 'mine' }) }],
    data,
    {
      ...{ norm: 'l2', epsilon: 0.5, sigma: 0.25, n0: 100, n: 1000, alpha: 0.001, seed: 0 },
      ...{ preprocessing: defaultPreprocessing, allowInaccurate: false, batchSize: 128 },
    },
    { engine, counting: inProcessCounting(engine), version: '1' },
  );
  return { story: storyLines(report), json: reportJson(report), page: reportHtml(report, []) };
}
