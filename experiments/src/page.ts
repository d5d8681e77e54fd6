import type { Difference } from './compare.js';
import type { PlannedNetwork } from './plan.js';
import type { Comparison, ReportedNetwork } from './report.js';
import type { Selected } from './select.js';
import type { Verdict } from './success.js';

interface ResultOfNetwork extends PlannedNetwork {
  readonly selection: {
    readonly draws: number;
    readonly plain: number;
    readonly tried: readonly Selected[];
  };
  readonly reported: {
    readonly networks: readonly ReportedNetwork[];
    readonly comparisons: readonly (Comparison & { readonly adjustedPValue: number })[];
  };
  readonly verdicts: readonly Verdict[];
}

/** What `results.json` holds. */
export interface Results {
  readonly command: string;
  readonly goalReached: boolean;
  readonly cpuMinutes: number;
  readonly networks: readonly ResultOfNetwork[];
}

interface PlannedDesign {
  readonly id: string;
  readonly what: string;
}

const signed = (v: number): string => `${v < 0 ? '-' : '+'}${Math.abs(v).toFixed(4)}`;
const words = ({ mean, interval: [low, high] }: Difference): string =>
  `${signed(mean)} [${signed(low)}, ${signed(high)}]`;
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(columns),
  row(columns.map(() => '---')),
  ...rows.map(row),
];

function selectionLines({ id, sigma, selection }: ResultOfNetwork): string[] {
  const rows = selection.tried.map(({ design, setting, differences }) => {
    const [plain, ...own] = differences;
    return [
      design,
      setting,
      words(plain as Difference),
      own.map((d) => `${words(d)} over ${d.over}`).join('<br>'),
    ];
  });
  return [
    '',
    `### ${id}, sigma ${sigma}`,
    '',
    `Plain: ${selection.plain.toFixed(4)}, the plug-in radius at ${selection.draws} draws.`,
    '',
    ...table(['design', 'setting', 'over plain', 'over its own controls'], rows),
  ];
}

function reportLines({ id, report, reported }: ResultOfNetwork): string[] {
  const [first, end] = report;
  const networks = reported.networks.map(({ name, averageRadius, certified, clean }) => [
    name,
    averageRadius.toFixed(4),
    `${certified} of ${end - first}`,
    `${clean} of ${end - first}`,
  ]);
  const comparisons = reported.comparisons.map((c) => [
    `${c.design}: ${c.setting}`,
    c.over,
    words(c),
    c.pValue.toPrecision(2),
    c.adjustedPValue.toPrecision(2),
  ]);
  return [
    '',
    `### ${id}, test images ${first}-${end - 1}`,
    '',
    ...table(['classifier', 'ACR', 'right with a certificate', 'right without noise'], networks),
    '',
    ...table(['design', 'over', 'difference of ACR', 'p', 'Holm'], comparisons),
  ];
}

function answer({ goalReached, networks }: Results): string {
  if (goalReached) {
    const found = networks.flatMap(({ id, verdicts }) =>
      verdicts.filter((v) => v.success).map((v) => `${v.design} (${v.setting}) on ${id}`),
    );
    return `**Yes**: ${found.join(', ')}.`;
  }
  const some = networks.flatMap(({ id, verdicts }) =>
    verdicts.filter((v) => v.success).map((v) => `${v.design} on ${id}`),
  );
  return `**No.** ${
    some.length === 0
      ? 'Of the designs that were chosen on the selection images, two per network, none gained significantly over plain smoothing and over all of its own controls at equal or better accuracy.'
      : `Only ${some.join(', ')} met the definition of success; it takes an MNIST network and the CIFAR-10 network.`
  }`;
}

/** What the report images do show, in either direction. */
function significantLines({ networks }: Results): string[] {
  const found = networks.flatMap(({ id, reported }) =>
    reported.comparisons
      .filter(({ adjustedPValue }) => adjustedPValue <= 0.05)
      .map((c) => `- ${id}: ${c.design} (${c.setting}) over ${c.over}: ${words(c)}`),
  );
  if (found.length === 0) return ['', 'No difference at all was significant on the report images.'];
  return [
    '',
    'Differences that were significant on the report images, in either direction:',
    '',
    ...found,
  ];
}

/** The experiment as a page in Markdown. */
export function experimentPage(results: Results, designs: readonly PlannedDesign[]): string {
  const { networks, command, cpuMinutes } = results;
  return [
    '# Find a better one',
    '',
    'Is there an **unconditional** variant of SC-RFP with a significant gain in average certified radius (ACR) over plain smoothing *and* over its own controls, at equal or better accuracy, on networks trained at the smoothing sigma?',
    '',
    answer(results),
    ...significantLines(results),
    '',
    `Everything that was tried is below, with intervals. Designs, controls, images, the rule of selection, tests and the definition of success were committed in \`experiments/plan.json\` before any result existed; \`${command}\` runs it (${cpuMinutes} CPU minutes) and writes \`experiments/results.json\` and this page.`,
    '',
    '## What was tried',
    '',
    "a(z) is the 7x7 linear Wiener denoiser unless a design says otherwise. Every network is a function of its noisy input alone, so Cohen's certificate holds for all of them.",
    '',
    ...table(
      ['design', 'what it is'],
      designs.map(({ id, what }) => [id, what]),
    ),
    '',
    '## On the selection images',
    '',
    'Differences of the mean plug-in radius on the same draws, 95 % bootstrap intervals over images. They chose the designs that were reported on; they are no result.',
    ...networks.flatMap(selectionLines),
    '',
    '## On the report images',
    '',
    'Certified radii at n 1,000 and alpha .001 on the same draws; 95 % bootstrap intervals; sign-flip p-values, and Holm over every comparison below.',
    ...networks.flatMap(reportLines),
    '',
  ].join('\n');
}
