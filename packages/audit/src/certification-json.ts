import type { CertificationReport, CountsHeader } from '@floatpath/smoothing';

/** What `certify --json` prints: nothing of a frozen network is called certified, or a radius without surrogate before it. */
export function certificationJson(header: CountsHeader, report: CertificationReport): object {
  if (report.guarantee === 'unconditional') return { header, report };
  const { curve, average, pLower, ...rest } = report;
  return {
    header,
    report: {
      ...rest,
      frozenCurve: curve.map(({ radius, certified, ...row }) => ({
        surrogateRadius: radius,
        right: certified,
        ...row,
      })),
      frozenProbability: pLower,
      averageSurrogateRadius: average,
    },
  };
}
