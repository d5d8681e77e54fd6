import type { MethodSummary, NetworkSummary, Report } from './report.js';
import { storyOf, type StoryBlock } from './story-blocks.js';
import {
  decimal,
  differenceText,
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
    `floatpath audit: ${story.title}`,
    `artefact check: ${story.artefact}`,
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
  const body = first.methods.flatMap((method, i) => {
    const label = `${methodTitles[method.method].padEnd(23)}${guaranteeText(method)}`;
    const rows = [
      line(
        label,
        report.networks.map((network) => methodCells(network.methods[i] ?? method)),
        width,
      ),
    ];
    const compared = report.networks.some((network) => network.methods[i]?.differenceToPlain);
    if (compared) {
      rows.push(
        line(
          '  difference to plain, paired 95 %',
          report.networks.map((network) => differenceText(network.methods[i] ?? method)),
          width,
        ),
      );
    }
    return rows;
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

function methodCells(method: MethodSummary): string {
  if (method.status !== 'done') return statusWords[method.status];
  const mark = method.guarantee === 'conditional' ? '*' : '';
  const shares = method.shares.map((share) => decimal(share));
  return ['', ...shares, `${decimal(method.average ?? 0)}${mark}`].map(cellOf).join('');
}
