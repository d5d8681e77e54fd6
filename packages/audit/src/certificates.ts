import { surrogateRadiusOf } from '@floatpath/sc-rfp';
import { certificateOf, type Noise } from '@floatpath/smoothing';
import type { PlannedMethod } from './method-summary.js';
import type { ReportCertificate } from './report.js';
import type { AuditSettings } from './settings.js';

/** The report's certificate of one image and method, made from its counts. */
export function reportCertificate(
  method: PlannedMethod,
  counts: {
    readonly selection: Uint32Array;
    readonly estimation: Uint32Array;
    readonly rejected: number;
  },
  noise: Noise,
  offGrid: number,
  settings: AuditSettings,
): ReportCertificate {
  const { n0, n, alpha, sigma } = settings;
  const { selection, estimation, rejected } = counts;
  const common = {
    method: method.method,
    guarantee: method.guarantee,
    arithmetic: method.arithmetic,
    norm: 'l2' as const,
    sigma,
    n0,
    n,
    alpha,
    selection: Array.from(selection),
    estimation: Array.from(estimation),
    rejected,
  };
  const input = { selection, estimation, n, alpha, noise, offGrid };
  if (method.guarantee === 'conditional') {
    const surrogate = surrogateRadiusOf(input);
    return surrogate.kind === 'abstain'
      ? { ...common, label: null, surrogateRadius: null }
      : { ...common, label: surrogate.label, surrogateRadius: surrogate.surrogateRadius };
  }
  const certificate = certificateOf(input);
  return certificate.kind === 'abstain'
    ? { ...common, label: null, radius: null }
    : { ...common, label: certificate.label, radius: certificate.radius };
}
