import type { Exhibit } from '../exhibits/exhibit.js';
import type { NetworkSummary, Report, ReportRow } from '../report.js';
import { controlMethods, methodTitles, printable, quantity } from '../story-words.js';
import type { Bar, BarChart } from './bars.js';
import { curvePoints } from './curve-points.js';
import type { CurveChart } from './curves.js';
import { amount } from './flow-chart.js';

const of = (count: number, images: number): string => `${count} of ${images}`;

/** What is left of the images, from as they are to what is certified. `at most`: an attack showed the others wrong. */
export function overviewChart(network: NetworkSummary, { settings }: Report): BarChart {
  const { images } = network;
  const label = printable(network.label);
  const attack = `${settings.norm} <= ${quantity(settings.epsilon)}`;
  const bar = (title: string, name: string, value: number, tone: 'good' | 'bound'): Bar => {
    const text = tone === 'bound' ? `${value} at most` : of(value, images);
    return { label: title, parts: [{ name, tone, value, text }] };
  };
  const plain = network.methods.find(({ method }) => method === 'plain');
  const certified = (plain?.shares ?? []).map((share, i) =>
    bar(
      i === 0
        ? 'smoothed: certified at some radius'
        : `smoothed: certified at r = ${quantity(plain?.radii[i] ?? 0)}`,
      'certified',
      Math.round(share * images),
      'good',
    ),
  );
  return {
    title: `${label}: images it is right on`,
    description: `of ${images} images`,
    most: images,
    unit: 'images',
    bars: [
      bar('as shipped, images as they are', 'measured', network.cleanRight, 'good'),
      bar(`as shipped, attacked (${attack})`, 'no more than', network.robustAtMost, 'bound'),
      ...(network.smoothedRobustAtMost === null
        ? []
        : [
            bar(
              `smoothed, attacked (${attack})`,
              'no more than',
              network.smoothedRobustAtMost,
              'bound',
            ),
          ]),
      ...certified,
    ],
  };
}

/** The failures of every network by what their fixed paths say. */
export function kindsChart(networks: readonly NetworkSummary[]): BarChart {
  const bars = networks.map((network): Bar => {
    const { kinds, failures, images } = network;
    const ties = failures - kinds.lipschitz - kinds.float - kinds.fixedAlreadyWrong;
    const parts = [
      { name: 'Lipschitz', tone: 'fixed', value: kinds.lipschitz },
      { name: 'float neuron', tone: 'float', value: kinds.float },
      { name: 'fixed paths already wrong', tone: 'other', value: kinds.fixedAlreadyWrong },
      {
        name: network.pathAnalysis === null ? 'a tie within rounding' : 'not told by paths',
        tone: 'rest',
        value: ties,
      },
    ] as const;
    return {
      label: printable(network.label),
      summary: of(failures, images),
      parts: parts
        .filter(({ value }, i) => value > 0 || i < 2)
        .map((part) => ({ ...part, text: String(part.value) })),
    };
  });
  return {
    title: 'Failures found by the attack, by kind',
    description: bars
      .map(
        ({ label, parts }) =>
          `${label}: ${parts.map(({ name, text }) => `${name} ${text}`).join(', ')}`,
      )
      .join('; '),
    most: Math.max(...networks.map(({ failures }) => failures)),
    unit: 'failures',
    bars,
  };
}

/** Amounts lost, or regained where they are negative. */
function lossBars(fixed: number, float: number): Pick<BarChart, 'most' | 'bars'> {
  const bar = (name: string, tone: 'fixed' | 'float', value: number): Bar => ({
    label: value < 0 ? `${name} regained` : `${name} lost`,
    parts: [
      {
        name: value < 0 ? 'regained' : 'lost',
        tone: value < 0 ? 'bound' : tone,
        value: Math.abs(value),
        text: amount(Math.abs(value)),
      },
    ],
  });
  return {
    most: Math.max(Math.abs(fixed), Math.abs(float)),
    bars: [bar('fixed paths', 'fixed', fixed), bar('float paths', 'float', float)],
  };
}

/** Which paths carried the lost margin, over all failures of every network. */
export function marginChart(networks: readonly NetworkSummary[]): BarChart {
  const bars = networks.flatMap(({ label, fixedShare }): Bar[] => {
    const [fixed, float] = [fixedShare ?? 0, 1 - (fixedShare ?? 0)];
    const name = printable(label);
    if (fixed < 0 || float < 0) {
      return lossBars(fixed, float).bars.map((bar) => ({ ...bar, label: `${name}: ${bar.label}` }));
    }
    const parts = [
      { name: 'fixed paths', tone: 'fixed', value: fixed, text: amount(fixed) },
      { name: 'float paths', tone: 'float', value: float, text: amount(float) },
    ] as const;
    return [{ label: name, summary: `${amount(fixed)} / ${amount(float)}`, parts }];
  });
  return {
    title: 'Who lost the margin',
    description: bars
      .map(
        ({ label, parts }) =>
          `${label}: ${parts.map(({ name, text }) => `${name} ${text}`).join(', ')}`,
      )
      .join('; '),
    unit: 'share of the lost margin',
    most: Math.max(
      1,
      ...bars.flatMap(({ parts }) => (parts.length > 1 ? [] : parts.map((p) => p.value))),
    ),
    bars,
  };
}

/** The same for one failure, in units of the logits. */
export function exhibitMarginChart({ diagnosis }: Exhibit): BarChart {
  const { fixedDrop, floatDrop, marginClean, marginAdversarial } = diagnosis;
  return {
    title: `Margin from ${amount(marginClean)} to ${amount(marginAdversarial)}`,
    description: `fixed paths ${amount(fixedDrop)} lost, float paths ${amount(floatDrop)} lost`,
    unit: 'margin (logits)',
    ...lossBars(fixedDrop, floatDrop),
  };
}

/** How much of every gate switches between an image and its adversarial version. */
export function switchedChart(network: NetworkSummary, { networks, rows }: Report): BarChart {
  const largest = Math.max(0, ...networks.flatMap(({ switchedShare }) => switchedShare));
  const units =
    rows.find((row) => row.network === network.id && row.diagnosis)?.diagnosis?.units ?? [];
  const most = [0.05, 0.1, 0.25, 0.5, 1].find((end) => end >= largest) ?? 1;
  return {
    title: `${printable(network.label)}: neurons that switched`,
    description: `Mean share of each gate's units, over the failures; a full bar is ${100 * most} %`,
    most,
    unit: 'mean share of units',
    bars: network.switchedShare.map((share, i) => ({
      label: `gate ${i + 1}, ${units[i] ?? '?'} units`,
      parts: [{ name: 'switched', tone: 'float', value: share, text: `${amount(100 * share)} %` }],
    })),
  };
}

/** Failures that the majority label under noise gets right at the same adversarial input. */
export function repairChart(networks: readonly NetworkSummary[]): BarChart {
  const kinds = [
    ['lipschitz', 'Lipschitz'],
    ['float', 'float neuron'],
    ['fixedAlreadyWrong', 'fixed paths already wrong'],
  ] as const;
  const bars = networks.flatMap((network) =>
    kinds.flatMap(([kind, name]): Bar[] => {
      const [done, all] = [network.repaired[kind], network.kinds[kind]];
      if (all === 0) return [];
      return [
        {
          label: `${printable(network.label)}: ${name}`,
          summary: of(done, all),
          parts: [
            { name: 'repaired', tone: 'good', value: done, text: String(done) },
            { name: 'not repaired', tone: 'rest', value: all - done, text: String(all - done) },
          ],
        },
      ];
    }),
  );
  return {
    title: 'Failures that smoothing repairs',
    description: bars.map((b) => `${b.label} ${b.summary ?? ''}`).join(', '),
    most: Math.max(0, ...bars.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0))),
    unit: 'failures',
    bars,
  };
}

type Certificate = ReportRow['certificates'][number];

/** Radii of the rows of one network and method, null where wrong or abstained. */
function radiiOf(
  report: Report,
  network: string,
  method: Certificate['method'],
): (number | null)[] {
  return report.rows
    .filter((row) => row.network === network)
    .flatMap(({ label, certificates }) =>
      certificates
        .filter((c) => c.method === method)
        .map((c) => (c.label === label ? (c.radius ?? c.surrogateRadius ?? null) : null)),
    );
}

/** Right end of all radius axes of a report. */
function mostRadiusOf({ rows, settings }: Report): number {
  const radii = rows.flatMap(({ certificates }) =>
    certificates.map((c) => c.radius ?? c.surrogateRadius ?? 0),
  );
  return Math.max(settings.sigma, ...radii) * 1.05;
}

/** Certified accuracy of the plainly smoothed networks. */
export function plainCurves(report: Report): CurveChart {
  return {
    title: 'Certified accuracy, plain smoothing',
    description: 'Share of images right, and provably so for every 8-bit image closer than r in l2',
    guarantee: 'unconditional',
    mostRadius: mostRadiusOf(report),
    curves: report.networks.flatMap(({ id, label, methods }) =>
      methods
        .filter(({ method }) => method === 'plain')
        .map(({ arithmetic }) => ({
          name: printable(label),
          arithmetic,
          points: curvePoints(radiiOf(report, id, 'plain')),
        })),
    ),
  };
}

function curvesOf(
  report: Report,
  { id, methods }: NetworkSummary,
  drawn: (method: NetworkSummary['methods'][number]) => boolean,
): CurveChart['curves'] {
  return methods
    .filter((method) => method.status === 'done' && drawn(method))
    .map(({ method, arithmetic }) => ({
      name: methodTitles[method],
      arithmetic,
      points: curvePoints(radiiOf(report, id, method)),
    }));
}

/** The denoised anchor among its controls. Undefined for a network without. */
export function controlCurves(report: Report, network: NetworkSummary): CurveChart | undefined {
  const names = ['sc-rfp-denoised', ...controlMethods];
  const curves = curvesOf(report, network, ({ method }) => names.includes(method));
  if (curves.length === 0) return undefined;
  return {
    title: `${printable(network.label)}: what the denoiser does, with and without repression`,
    description: 'Share of images right, and provably so for every 8-bit image closer than r in l2',
    guarantee: 'unconditional',
    mostRadius: mostRadiusOf(report),
    curves,
  };
}

/** One network's certificates of one guarantee, method by method. Undefined where there is nothing to draw. */
export function methodCurves(
  report: Report,
  network: NetworkSummary,
  guarantee: CurveChart['guarantee'],
): CurveChart | undefined {
  const curves = curvesOf(
    report,
    network,
    (m) => m.guarantee === guarantee && !controlMethods.includes(m.method),
  );
  if (curves.length === 0) return undefined;
  const { label } = network;
  const conditional = guarantee === 'conditional';
  return {
    title: `${printable(label)}: ${conditional ? 'surrogate radii of frozen networks' : 'certified accuracy by method'}`,
    description: conditional
      ? 'CONDITIONAL, no certificate: each radius holds for the network frozen at that image, not for what is deployed'
      : 'Share of images right, and provably so for every 8-bit image closer than r in l2',
    guarantee,
    mostRadius: mostRadiusOf(report),
    curves,
  };
}
