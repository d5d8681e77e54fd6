import type { MethodSummary, NetworkSummary, Report } from './report.js';
import {
  storyOf,
  type StoryBlock,
  artefactText,
  titleText,
  type StoryHead,
} from './story-blocks.js';
import {
  decimal,
  differencesOf,
  guaranteeText,
  methodTitles,
  printable,
  shortRadius,
  statusWords,
} from './story-words.js';

const LABEL_WIDTH = 52;

function line(label: string, cells: readonly string[], width: number): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${cells.map((cell) => cell.padEnd(width)).join('')}`.trimEnd();
}

/**
 * The five blocks of the story, as plain text lines: the artefact, the network as shipped, why it fails, the same network
 * smoothed, what is certified, and what that means in short. Every number comes from the report.
 */
export function storyLines(report: Report): readonly string[] {
  const { networks } = report;
  const width = Math.max(28, ...networks.map((network) => printable(network.label).length + 4));
  const story = storyOf(report);
  const blockLines = ({ heading, aside, rows }: StoryBlock): string[] => [
    aside === '' ? heading : `${heading}   ${aside}`,
    ...rows.map(({ label, cells }) => line(label, cells, width)),
  ];
  return [
    ...storyHeadLines(report),
    line(
      '',
      networks.map((n) => printable(n.label)),
      width,
    ),
    ...blockLines(story.shipped),
    ...attackLines(networks),
    ...blockLines(story.failures),
    ...networks.flatMap(({ label, pathAnalysis }) =>
      pathAnalysis === null ? [] : [`    ${printable(label)}: ${printable(pathAnalysis)}`],
    ),
    ...blockLines(story.smoothed),
    ...blockLines(story.certified),
    ...certifiedLines(report, width),
    ...story.short.map((sentence, i) => `${i === 0 ? 'IN SHORT  ' : '          '}${sentence}`),
  ];
}

/** The first lines of the story, which are known long before the others. */
export function storyHeadLines(head: StoryHead): readonly string[] {
  return [`floatpath audit: ${titleText(head)}`, `artefact check: ${artefactText(head)}`];
}

/** The attack, once where it is the same for all networks. */
function attackLines(networks: readonly NetworkSummary[]): string[] {
  const [first] = networks;
  return networks.every(({ attack }) => attack === first?.attack)
    ? [`    attack: ${first?.attack ?? 'none'}`]
    : networks.map(({ label, attack }) => `    attack on ${printable(label)}: ${attack}`);
}

function certifiedLines(report: Report, width: number): readonly string[] {
  const [first] = report.networks;
  if (first === undefined) return [];
  const radii = first.methods[0]?.radii ?? [];
  const head = line(
    '',
    report.networks.map(() =>
      ['r =', ...radii.map((r) => shortRadius(r)), 'ACR'].map(cellOf).join(''),
    ),
    width,
  );
  const body = methodsSideBySide(report).flatMap((methods) => {
    const known = methods.find((method) => method !== undefined) as MethodSummary;
    const label = `${methodTitles[known.method].padEnd(24)}${guaranteeText(known)}`;
    const differences = methods.map((method) => (method ? differencesOf(method) : []));
    const compared = differences.find(({ length }) => length > 0) ?? [];
    return [
      line(label, methods.map(methodCells), width),
      ...compared.map(({ over }, i) =>
        line(
          `  difference to ${over}, paired 95 %`,
          differences.map((own) => own[i]?.text ?? ''),
          width,
        ),
      ),
    ];
  });
  const conditional = first.methods.some((m) => m.guarantee === 'conditional');
  return [
    head,
    ...body,
    ...(conditional
      ? [
          '  * mean surrogate radius of the network frozen at each image; it does not certify what is deployed',
        ]
      : []),
  ];
}

function cellOf(text: string): string {
  return text.padEnd(5);
}

/** Every method of the report, as each network has it: a network whose calibration holds no denoiser lacks some. */
function methodsSideBySide({ networks }: Report): (MethodSummary | undefined)[][] {
  const names = Object.keys(methodTitles);
  return names
    .map((name) => networks.map(({ methods }) => methods.find(({ method }) => method === name)))
    .filter((methods) => methods.some((method) => method !== undefined));
}

function methodCells(method: MethodSummary | undefined): string {
  if (method === undefined) return 'no denoiser';
  if (method.status !== 'done') return statusWords[method.status];
  const mark = method.guarantee === 'conditional' ? '*' : '';
  const shares = method.shares.map((share) => decimal(share));
  return ['', ...shares, `${decimal(method.average ?? 0)}${mark}`].map(cellOf).join('');
}
