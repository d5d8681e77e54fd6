import { FloatpathError, rowsOf, type AttackResult, type Bounds } from '@floatpath/core';
import { analyze, segmentBetween, type Segment } from '@floatpath/activation-patterns';
import {
  createDecomposer,
  diagnoseFailures,
  type Decomposer,
  type Diagnosis,
} from '@floatpath/path-decomp';
import type { AuditHost } from './audit.js';
import { exhibitsOf } from './exhibits/make-exhibits.js';
import type { AnalyzableModel } from './prepare.js';
import type { ReportDiagnosis } from './report.js';
import type { AuditData } from './settings.js';

/**
 * Why each failure happened: every crossing on the segment from the image to the adversarial input is found in
 * float64, and both ends are split into fixed and float paths on the audit's own engine.
 *
 * @returns per image; null where there is no failure, or where the failure is a tie that rounding decides
 */
export async function explainFailures(
  prepared: AnalyzableModel,
  data: AuditData,
  attacked: AttackResult,
  bounds: Bounds,
  host: AuditHost,
): Promise<(ReportDiagnosis | null)[]> {
  const { network, images, source } = prepared;
  const { engine, signal, onProgress, onExhibit } = host;
  const analysis = analyze(network);
  const decomposer = await createDecomposer(engine, analysis, {
    selection: 'recorded',
    precision: 'float32',
    batchSize: 2,
  });
  const failures = attacked.rows.filter((row) => row.status === 'success').length;
  const diagnoses: (ReportDiagnosis | null)[] = [];
  let done = 0;
  try {
    for (const [index, row] of attacked.rows.entries()) {
      signal?.throwIfAborted();
      if (row.status !== 'success') {
        diagnoses.push(null);
        continue;
      }
      const x = rowsOf(images, index, index + 1);
      const adversarial = rowsOf(attacked.adversarial, index, index + 1);
      const neighborhood = segmentBetween(analysis, x, adversarial);
      const pair = { x, adversarial, label: data.labels[index] as number, neighborhood };
      const diagnosis = await diagnosisOrTie(decomposer, pair);
      diagnoses.push(diagnosis && reportDiagnosis(diagnosis, neighborhood));
      done += 1;
      onProgress?.({ stage: `explain ${source.label}`, done, total: failures });
      // The walk is synchronous: let timers and signals through between failures.
      await new Promise((resolve) => {
        setTimeout(resolve, 0);
      });
    }
  } finally {
    await decomposer[Symbol.asyncDispose]();
  }
  if (onExhibit) {
    const options = { ...host, bounds };
    for await (const exhibit of exhibitsOf(
      prepared,
      analysis,
      data,
      attacked,
      diagnoses,
      options,
    )) {
      onExhibit(exhibit);
    }
  }
  return diagnoses;
}

/** The split graph rounds in another order than the plain one, so a failure by a hair can be none there. */
async function diagnosisOrTie(
  decomposer: Decomposer,
  pair: Parameters<typeof diagnoseFailures>[1][number],
): Promise<Diagnosis | null> {
  try {
    const [diagnosis] = await diagnoseFailures(decomposer, [pair]);
    return diagnosis ?? null;
  } catch (error) {
    if (error instanceof FloatpathError && error.code === 'invalid-argument') return null;
    throw error;
  }
}

function reportDiagnosis(diagnosis: Diagnosis, segment: Segment): ReportDiagnosis {
  const { kind, rival, margin, shares, gates, residual, tolerance } = diagnosis;
  return {
    kind,
    evidence: segment.evidence,
    rival,
    marginClean: margin.clean,
    marginAdversarial: margin.adversarial,
    fixedDrop: shares.fixed,
    floatDrop: shares.float,
    switched: gates.map((gate) => gate.float),
    units: gates.map((gate) => gate.units),
    crossings: segment.crossings.length,
    residual,
    tolerance,
  };
}
