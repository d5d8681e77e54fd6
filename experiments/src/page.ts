import type { Difference } from './compare.js';
import type { Range } from './data.js';
import type { PlannedNetwork } from './plan.js';
import type { Comparison, ReportedNetwork } from './report.js';
import type { Selected } from './select.js';
import type { Verdict } from './success.js';

interface ResultOfNetwork extends PlannedNetwork {
  readonly moreReport?: Range;
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
  readonly settings: readonly string[];
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
    `### ${id}, selection, sigma ${sigma}`,
    '',
    `Plain: ${selection.plain.toFixed(4)}, the plug-in radius at ${selection.draws} draws.`,
    '',
    ...table(['design', 'setting', 'over plain', 'over its own controls'], rows),
  ];
}

function reportLines(result: ResultOfNetwork): string[] {
  const { id, reported } = result;
  const images = imagesOf(result);
  const networks = reported.networks.map(({ name, averageRadius, certified, clean }) => [
    name,
    averageRadius.toFixed(4),
    `${certified} of ${images.count}`,
    `${clean} of ${images.count}`,
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
    `### ${id}, report, test images ${images.words}`,
    '',
    ...table(['classifier', 'ACR', 'right with a certificate', 'right without noise'], networks),
    '',
    ...table(['design', 'over', 'difference of ACR', 'p', 'Holm'], comparisons),
  ];
}

/** Report images of a network in words: one range, or two. */
function imagesOf({ report, moreReport }: ResultOfNetwork): { words: string; count: number } {
  const ranges = moreReport === undefined ? [report] : [report, moreReport];
  return {
    words: ranges.map(([first, end]) => `${first}-${end - 1}`).join(' and '),
    count: ranges.reduce((sum, [first, end]) => sum + end - first, 0),
  };
}

function successesOf({ networks }: Results): readonly string[] {
  return networks.flatMap(({ id, verdicts }) =>
    verdicts.filter((v) => v.success).map((v) => `${v.design} (${v.setting}) on ${id}`),
  );
}

function answer(rounds: readonly Round[]): string {
  const found = rounds.flatMap(({ results }) => successesOf(results));
  if (rounds.some(({ results }) => results.goalReached)) return `**Yes**: ${found.join(', ')}.`;
  return `**No.** ${
    found.length === 0
      ? 'Of the designs that were chosen on the selection images, in two rounds, none gained significantly over plain smoothing and over all of its own controls at equal or better accuracy.'
      : `Only ${found.join(', ')} met the definition of success; it takes an MNIST network and the CIFAR-10 network.`
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

/** One plan and what came of it. */
export interface Round {
  readonly title: string;
  readonly about: string;
  /** What its results come to, in words. */
  readonly reading: string;
  readonly plan: string;
  readonly designs: readonly PlannedDesign[];
  readonly results: Results;
}

function roundLines({ title, about, reading, plan, designs, results }: Round): string[] {
  const { networks, command, cpuMinutes } = results;
  return [
    '',
    `## ${title}`,
    '',
    `${about} Designs, controls, images, the rule of selection, tests and the definition of success were committed in \`${plan}\` before any result existed; \`${command}\` runs it (${cpuMinutes} CPU minutes) and writes its results and this page.`,
    ...significantLines(results),
    '',
    reading,
    '',
    ...table(
      ['design', 'what it is'],
      designs.map(({ id, what }) => [id, what]),
    ),
    '',
    'On the selection images: differences of the mean plug-in radius on the same draws, 95 % bootstrap intervals over images. They chose the designs that were reported on; they are no result.',
    ...networks.flatMap(selectionLines),
    '',
    'On the report images: certified radii at n 1,000 and alpha .001 on the same draws; 95 % bootstrap intervals; sign-flip p-values, and Holm over every comparison of the round.',
    ...networks.flatMap(reportLines),
  ];
}

/** The experiment as a page in Markdown. */
export function experimentPage(rounds: readonly Round[]): string {
  return [
    '# Find a better one',
    '',
    'Is there an **unconditional** variant of SC-RFP with a significant gain in average certified radius (ACR) over plain smoothing *and* over its own controls, at equal or better accuracy, on networks trained at the smoothing sigma?',
    '',
    answer(rounds),
    '',
    "Everything that was tried is below, with intervals. a(z) is the 7x7 linear Wiener denoiser unless a design says otherwise. Every network is a function of its noisy input alone, so Cohen's certificate holds for all of them.",
    ...rounds.flatMap(roundLines),
    '',
  ].join('\n');
}
