import type { Report, ReportCertificate, ReportRow } from '../src/index.js';

/** One image of a made-up report. */
export interface MadeImage {
  readonly clean: boolean;
  readonly robust: boolean;
  /** Certified l2 radius of plain smoothing; null where it abstains. */
  readonly radius: number | null;
}

function certificate(label: number, radius: number | null): ReportCertificate {
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
    label: radius === null ? null : label,
    radius,
  };
}

function rowOf(network: string, image: number, { clean, robust, radius }: MadeImage): ReportRow {
  return {
    network,
    image,
    label: 1,
    predicted: clean ? 1 : 0,
    adversarial: clean
      ? { status: robust ? 'failed' : 'success', predicted: robust ? 1 : 0, distance: 0.5 }
      : null,
    diagnosis: null,
    smoothedAtAdversarial: null,
    smoothedUnderAttack: null,
    certificates: [certificate(1, radius)],
  };
}

/** A report of made-up images, one list per network. What a gate does not look at is left at nothing. */
export function madeReport(
  networks: readonly (readonly MadeImage[])[],
  settings: Partial<Report['settings']> = {},
  names: readonly string[] = networks.map((_, i) => `model ${i + 1}`),
): Report {
  const none = { lipschitz: 0, float: 0, fixedAlreadyWrong: 0 };
  return {
    schema: 'floatpath/report@1',
    tool: { name: 'floatpath', version: '0' },
    complete: true,
    settings: {
      data: 'made images',
      dataHash: '',
      images: networks[0]?.length ?? 0,
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
      ...settings,
    },
    artefact: [],
    networks: networks.map((images, i) => ({
      id: `network-${i + 1}`,
      label: names[i] ?? '',
      hash: '',
      images: images.length,
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
    })),
    comparisons: [],
    rows: networks.flatMap((images, i) =>
      images.map((image, j) => rowOf(`network-${i + 1}`, j, image)),
    ),
  };
}

/** `images` of them, of which the first `right` are right, robust and certified at 1. */
export function firstRight(right: number, images: number): MadeImage[] {
  return Array.from({ length: images }, (_, i) => ({
    clean: i < right,
    robust: i < right,
    radius: i < right ? 1 : null,
  }));
}
