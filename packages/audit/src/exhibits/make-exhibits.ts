import { rowsOf, type AttackResult, type RunOptions } from '@floatpath/core';
import type { Engine } from '@floatpath/core';
import { segmentBetween, type Analysis } from '@floatpath/activation-patterns';
import { kinkList, marginLedger, preparePaths } from '@floatpath/path-decomp';
import { accountOf } from '../figures/account-charts.js';
import type { PreparedModel } from '../prepare.js';
import type { ReportDiagnosis } from '../report.js';
import type { AuditData } from '../settings.js';
import { chooseFailures } from './choose.js';
import type { Exhibit } from './exhibit.js';
import { createFixedPaths } from './fixed-paths.js';
import { pathFlows } from './path-flows.js';

/** The failures of one network that a report shows, with what its rows leave out. */
export async function* exhibitsOf(
  { id, images, source }: PreparedModel,
  analysis: Analysis,
  data: AuditData,
  attacked: AttackResult,
  diagnoses: readonly (ReportDiagnosis | null)[],
  {
    engine,
    bounds,
    signal,
    onProgress,
  }: RunOptions & { readonly engine: Engine; readonly bounds: readonly [number, number] },
): AsyncGenerator<Exhibit> {
  const chosen = chooseFailures(diagnoses);
  if (chosen.length === 0) return;
  const paths = await createFixedPaths(engine, analysis);
  const exact = preparePaths(analysis);
  const shape = data.images.shape.slice(1);
  try {
    for (const [done, index] of chosen.entries()) {
      signal?.throwIfAborted();
      const diagnosis = diagnoses[index] as ReportDiagnosis;
      const x = rowsOf(images, index, index + 1);
      const adversarial = rowsOf(attacked.adversarial, index, index + 1);
      const label = data.labels[index] as number;
      const neighborhood = segmentBetween(analysis, x, adversarial);
      const { rival } = diagnosis;
      const ledger = marginLedger(exact, { x, adversarial, label, rival, neighborhood });
      yield {
        network: id,
        image: data.ids[index] as number,
        label,
        predicted: attacked.rows[index]?.predicted ?? rival,
        shape,
        bounds,
        clean: x.data.slice(),
        adversarial: adversarial.data.slice(),
        diagnosis,
        ledger: accountOf(ledger),
        kinks: kinkList(neighborhood, label, rival),
        unitNames: new Map(ledger.rows.map(({ unit, id }) => [unit, id])),
        ...(await pathFlows(paths, analysis, { x, adversarial, neighborhood, label, rival })),
      };
      onProgress?.({
        stage: `follow the paths of ${source.label}`,
        done: done + 1,
        total: chosen.length,
      });
    }
  } finally {
    await paths[Symbol.asyncDispose]();
  }
}
