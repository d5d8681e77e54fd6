import type { AttackResult } from '@floatpath/core';
import type { AuditHost } from './audit.js';
import type { PreparedModel } from './prepare.js';
import type { ReportDiagnosis } from './report.js';
import type { AuditData } from './settings.js';
export async function explainFailures(
  model: PreparedModel,
  data: AuditData,
  attacked: AttackResult,
  host: AuditHost,
): Promise<(ReportDiagnosis | null)[]> {
  void model;
  void data;
  void host;
  await Promise.resolve();
  return attacked.rows.map(() => null);
}
