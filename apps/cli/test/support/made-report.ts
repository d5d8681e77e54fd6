import type { Report, ReportCertificate, ReportRow } from '@floatpath/audit';

function certificate(radius: number | null): ReportCertificate {
  return {
    method: 'plain',
    guarantee: 'unconditional',
    arithmetic: 'grid',
    norm: 'l2',
    sigma: 0.25,
    n0: 100,
    n: 1000,
    alpha: 0.001,
    selection: [0, 100],
    estimation: [0, 1000],
    rejected: 0,
    label: radius === null ? null : 1,
    radius,
  };
}

function rowOf(image: number, right: boolean): ReportRow {
  return {
    network: 'network-1',
    image,
    label: 1,
    predicted: right ? 1 : 0,
    adversarial: right ? { status: 'failed', predicted: 1, distance: 0.5 } : null,
    diagnosis: null,
    smoothedAtAdversarial: null,
    smoothedUnderAttack: null,
    certificates: [certificate(right ? 1 : null)],
  };
}

/** A report of `images` made-up images, of which the first `right` are right, robust and certified at 1. */
export function madeReport(
  right: number,
  images: number,
  { data = 'made images', label = 'model 1' } = {},
): Report {
  const none = { lipschitz: 0, float: 0, fixedAlreadyWrong: 0 };
  return {
    schema: 'floatpath/report@1',
    tool: { name: 'floatpath', version: '0' },
    complete: true,
    settings: {
      data,
      dataHash: '',
      images,
      seed: 0,
      norm: 'linf',
      epsilon: 8 / 255,
      sigma: 0.25,
      n0: 100,
      n: 1000,
      alpha: 0.001,
      bounds: [0, 1],
      layout: 'nchw',
      attack: 'pgd',
      smoothedAttack: 'eot',
      engine: 'made 1',
    },
    artefact: [],
    networks: [
      {
        id: 'network-1',
        label,
        hash: '',
        images,
        pathAnalysis: null,
        attack: 'pgd',
        smoothedAttack: 'eot',
        cleanRight: 0,
        robustAtMost: 0,
        failures: 0,
        kinds: none,
        fixedShare: null,
        switchedShare: [],
        residual: 0,
        tolerance: 0,
        sumLawHolds: true,
        repaired: { all: 0, ...none },
        smoothedRight: 0,
        smoothedRobustAtMost: 0,
        methods: [],
      },
    ],
    comparisons: [],
    rows: Array.from({ length: images }, (_, i) => rowOf(i, i < right)),
  };
}
