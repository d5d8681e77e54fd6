import { fisherExact } from '@floatpath/statistics';
import type { ReportRow } from '../report.js';
import type { ReproducedDiagnosis } from './reproduction.js';

const KINDS = ['lipschitz', 'float', 'fixed-already-wrong'] as const;

/** What an audit's rows of one network say about why it fails, and about what smoothing corrects of each kind. */
export function reproducedDiagnosis(rows: readonly ReportRow[]): ReproducedDiagnosis {
  const failures = rows.flatMap(({ diagnosis, smoothedAtAdversarial, label }) =>
    diagnosis === null ? [] : [{ diagnosis, corrected: smoothedAtAdversarial?.answer === label }],
  );
  const kinds = KINDS.map((kind) => {
    const own = failures.filter(({ diagnosis }) => diagnosis.kind === kind);
    return { kind, failures: own.length, corrected: own.filter((f) => f.corrected).length };
  });
  const [lipschitz, float] = kinds as [(typeof kinds)[number], (typeof kinds)[number]];
  const shares = failures.map(
    ({ diagnosis: { fixedDrop, floatDrop } }) => fixedDrop / (fixedDrop + floatDrop),
  );
  const residuals = failures.map(({ diagnosis: { residual, tolerance } }) => residual / tolerance);
  return {
    attacked: rows.filter(({ adversarial }) => adversarial !== null).length,
    failures: failures.length,
    kinds,
    fixedShare: shares.length === 0 ? null : shares.reduce((sum, v) => sum + v, 0) / shares.length,
    pValue: fisherExact(
      float.corrected,
      float.failures - float.corrected,
      lipschitz.corrected,
      lipschitz.failures - lipschitz.corrected,
    ),
    residual: residuals.length === 0 ? null : Math.max(...residuals),
  };
}
