import type { Difference } from './compare.js';
import type { Range } from './data.js';
import { answer, shortfallLines, words } from './page-verdicts.js';
import type { PlannedNetwork } from './plan.js';
import type { Comparison, ReportedNetwork } from './report.js';
import type { Selected } from './select.js';
import type { Verdict } from './success.js';

interface ResultOfNetwork extends PlannedNetwork {
  readonly moreReport?: Range;
  /** Draws of a certificate, where they are not 1,000. */
  readonly n?: number;
  readonly learned?: {
    /** The rate of training, where the round chose it, and the statistic of plain at each. */
    readonly rate?: number;
    readonly rates?: Readonly<Record<string, number>>;
  };
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

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(columns),
  row(columns.map(() => '---')),
  ...rows.map(row),
];

function rateWords({ rate, rates }: ResultOfNetwork['learned'] = {}): string {
  if (rate === undefined || rates === undefined) return '';
  const { shipped = 0, ...trained } = rates;
  const tried = Object.entries(trained).map(([r, v]) => `${v.toFixed(4)} at rate ${r}`);
  const choice = Object.values(trained).some((v) => v >= shipped)
    ? `so rate ${rate} for all`
    : `less than as shipped at every rate, so the smallest, ${rate}, for all`;
  return ` Plain, trained: ${tried.join(', ')}; ${choice}.`;
}

function selectionLines({ id, sigma, selection, learned }: ResultOfNetwork): string[] {
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
    `Plain: ${selection.plain.toFixed(4)}, the plug-in radius at ${selection.draws} draws.${rateWords(learned)}`,
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
    `### ${id}, report, test images ${images.words}, n ${(result.n ?? 1000).toLocaleString('en-US')}`,
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
    '',
    reading,
    ...significantLines(results),
    ...shortfallLines(results),
    '',
    ...table(
      ['design', 'what it is'],
      designs.map(({ id, what }) => [id, what]),
    ),
    '',
    'On the report images: certified radii at alpha .001 on the same draws; 95 % bootstrap intervals; sign-flip p-values, and Holm over every comparison of the round.',
    ...networks.flatMap(reportLines),
    '',
    '<details>',
    `<summary>${title}: every design on the selection images</summary>`,
    '',
    'Differences of the mean plug-in radius on the same draws, 95 % bootstrap intervals over images. They chose the designs that were reported on; they are no result.',
    ...networks.flatMap(selectionLines),
    '',
    '</details>',
  ];
}

/** The experiment as a page in Markdown. */
export function experimentPage(rounds: readonly Round[]): string {
  return [
    '# Find a better one',
    '',
    'Is there an **unconditional** variant of SC-RFP with a significant gain in average certified radius (ACR) over plain smoothing *and* over its own controls, at equal or better accuracy, on networks trained at the smoothing sigma?',
    '',
    answer(rounds.map(({ results }) => results)),
    '',
    'ACR is the mean over images of the radius that is certified, 0 where the label is wrong. A *control* is the part of a design that could explain its gain by itself: the network without anything, the denoiser alone, the two averaged, and the design with its partition of the units taken out. A design that beats plain smoothing and not its controls has shown what the control does.',
    '',
    "Everything that was tried is below, with intervals, the latest round first. a(z) is the 7x7 linear Wiener denoiser unless a design says otherwise. Every network is a function of its noisy input alone, so Cohen's certificate holds for all of them. Intervals and p-values are over images: every network was trained once, from one seed.",
    ...rounds.flatMap(roundLines),
    '',
  ].join('\n');
}
