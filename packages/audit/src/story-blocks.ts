import { atMost } from './at-most.js';
import { labelDraws } from './settings.js';
import type { NetworkSummary, Report } from './report.js';
import { methodSentences } from './method-sentences.js';
import { decimal, plural, printable, quantity, shortRadius } from './story-words.js';

/** A fact with one cell per network. */
export interface StoryRow {
  readonly label: string;
  readonly cells: readonly string[];
}

/** One block of the story. The rows of what is certified are laid out by who prints them. */
export interface StoryBlock {
  readonly heading: string;
  readonly aside: string;
  readonly rows: readonly StoryRow[];
}

/** What the story is told with, whether as lines of text or as a page. Every number comes from the report. */
export interface Story {
  readonly title: string;
  readonly artefact: string;
  readonly shipped: StoryBlock;
  readonly failures: StoryBlock;
  readonly smoothed: StoryBlock;
  readonly certified: StoryBlock;
  /** Sentences. */
  readonly short: readonly string[];
}

/** What is known once the files have been checked, before anything is attacked. */
export type StoryHead = Pick<Report, 'settings' | 'artefact'> & {
  readonly networks: readonly Pick<NetworkSummary, 'id' | 'label'>[];
};

export function titleText({ networks, settings }: StoryHead): string {
  const [low, high] = settings.bounds;
  return `${plural(networks.length, 'network')}, ${printable(settings.data)}, inputs in [${low},${high}], seed ${settings.seed}`;
}

export function storyOf(report: Report): Story {
  const { networks, settings } = report;
  const row = (label: string, of: (network: NetworkSummary) => string): StoryRow => ({
    label,
    cells: networks.map(of),
  });
  return {
    title: titleText(report),
    artefact: artefactText(report),
    shipped: {
      heading: '1 THE NETWORK AS SHIPPED',
      aside: '',
      rows: [
        row('right on the images as they are', (n) => `${n.cleanRight} of ${n.images}`),
        row(
          `still right under attack (${settings.norm} <= ${quantity(settings.epsilon)})`,
          (n) => `${n.robustAtMost} at most`,
        ),
      ],
    },
    failures: {
      heading: '2 WHY IT FAILS',
      aside: 'output = fixed paths (nothing switched) + float paths (some neuron switched)',
      rows: [
        row('Lipschitz: fixed paths alone lose the label', (n) =>
          n.pathAnalysis === null ? `${n.kinds.lipschitz} of ${n.failures}` : NO_PATHS,
        ),
        row('float neuron: only the switched ones lose it', (n) =>
          n.pathAnalysis === null ? `${n.kinds.float}` : NO_PATHS,
        ),
        row('fixed paths were wrong before', (n) =>
          n.pathAnalysis === null ? `${n.kinds.fixedAlreadyWrong}` : NO_PATHS,
        ),
        row('share of the lost margin, fixed / float', marginShares),
        row('neurons that switched, gate by gate', switchedShares),
        row('check: |fixed + float - output| <=', sumLaw),
      ],
    },
    smoothed: {
      heading: '3 THE SAME NETWORK, SMOOTHED',
      aside: `majority label under Gaussian noise, sigma ${quantity(settings.sigma)}, here of ${labelDraws(settings.alpha)} draws (alpha ${settings.alpha}); deploying it costs n passes`,
      rows: [
        row('failures repaired, Lipschitz / float neuron', repairs),
        row('still right under attack on the smoothed network', (n) =>
          n.smoothedRobustAtMost === null ? 'not attacked' : `${n.smoothedRobustAtMost} at most`,
        ),
      ],
    },
    certified: {
      heading: '4 WHAT IS CERTIFIED',
      aside: `share right, and provably so for every 8-bit image closer than r in l2 (n ${settings.n}, alpha ${settings.alpha})`,
      rows: [],
    },
    short: shortSentences(report),
  };
}

export function artefactText({ artefact, networks }: StoryHead): string {
  const own = artefact.filter(({ ownBytes }) => ownBytes).map(({ network }) => network);
  const named = networks.filter(({ id }) => own.includes(id)).map(({ label }) => printable(label));
  const checked = artefact.filter(
    ({ ownBytes, unchecked }) => !ownBytes && unchecked === undefined,
  );
  const label = (id: string): string =>
    printable(networks.find((network) => network.id === id)?.label ?? id);
  return [
    ...(checked.length > 0 ? [graphText(checked, networks.length)] : []),
    ...(named.length > 0
      ? [`${named.join(', ')}: no graph of ours, the file itself is audited on its own bytes`]
      : []),
    ...artefact.flatMap(({ network, unchecked }) =>
      unchecked === undefined ? [] : [`${label(network)}: NOT CHECKED, ${printable(unchecked)}`],
    ),
  ].join('; ');
}

/** What the comparison of our graphs with their files gave. */
function graphText(artefact: Report['artefact'], networks: number): string {
  const images = Math.min(...artefact.map((a) => a.images - a.labelDisagreements));
  const difference = Math.max(...artefact.map((a) => a.maxLogitDifference));
  const all = artefact.length === networks;
  const who =
    networks === 1
      ? ''
      : all && networks === 2
        ? ', both networks'
        : all
          ? ', all networks'
          : `, ${artefact.length} of ${networks} networks`;
  return `our graph gives the original file's label on ${images} of ${plural(artefact[0]?.images ?? 0, 'image')}${who} (largest logit difference ${atMost(difference)})`;
}

const NO_PATHS = 'not told by paths';

function marginShares({ fixedShare, pathAnalysis }: NetworkSummary): string {
  if (pathAnalysis !== null) return NO_PATHS;
  if (fixedShare === null) return 'no failures';
  return `${fixedShare.toFixed(2)} / ${(1 - fixedShare).toFixed(2)}`.replaceAll('0.', '.');
}

function switchedShares({ switchedShare, pathAnalysis }: NetworkSummary): string {
  if (pathAnalysis !== null) return NO_PATHS;
  if (switchedShare.length === 0) return 'no failures';
  const percents = switchedShare.map((share) => String(Math.round(100 * share)));
  const shown =
    percents.length > 6 ? [...percents.slice(0, 3), '..', ...percents.slice(-2)] : percents;
  return `${shown.join(' ')} %`;
}

function sumLaw({ failures, residual, sumLawHolds, pathAnalysis }: NetworkSummary): string {
  if (pathAnalysis !== null) return NO_PATHS;
  if (failures === 0) return 'no failures';
  return `${atMost(residual)}, ${sumLawHolds ? 'holds' : 'DOES NOT HOLD'}`;
}

function repairs({ repaired, kinds, failures, pathAnalysis }: NetworkSummary): string {
  if (pathAnalysis !== null) return `${repaired.all} of ${failures}`;
  return `${repaired.lipschitz} of ${kinds.lipschitz} / ${repaired.float} of ${kinds.float}`;
}

/** What the numbers above mean, by rule; who differs from whom comes from the paired tests of the report. */
function shortSentences(report: Report): readonly string[] {
  const named = new Map(report.networks.map((network) => [network.id, network]));
  const sentences = report.comparisons.flatMap((comparison) => {
    const [first, second] = [named.get(comparison.first), named.get(comparison.second)];
    return first && second ? [comparisonSentence(first, second, comparison)] : [];
  });
  const [only, ...others] = report.networks;
  const plain = only?.methods.find(({ method }) => method === 'plain');
  if (only && plain && others.length === 0) {
    const at = Math.min(1, plain.radii.length - 1);
    sentences.push(
      `Attacked, ${only.robustAtMost} of ${plural(only.images, 'image')} stay right at most; smoothed, ${decimal(plain.shares[at] ?? 0)} of the images are certified for every 8-bit image closer than ${shortRadius(plain.radii[at] ?? 0)}.`,
    );
  }
  sentences.push(...report.networks.flatMap(methodSentences));
  return sentences;
}

function comparisonSentence(
  first: NetworkSummary,
  second: NetworkSummary,
  { radius, significant }: Report['comparisons'][number],
): string {
  const shareOf = ({ methods }: NetworkSummary): number => {
    const plain = methods.find(({ method }) => method === 'plain');
    return plain?.shares[plain.radii.indexOf(radius)] ?? 0;
  };
  const [a, b] = [shareOf(first), shareOf(second)];
  const numbers = `at r = ${shortRadius(radius)}: ${decimal(b)} against ${decimal(a)} of the images`;
  const [one, other] = [printable(second.label), printable(first.label)];
  return significant
    ? `Smoothed, ${one} is certified on ${b > a ? 'more' : 'fewer'} images than ${other} ${numbers}.`
    : `Smoothed, ${one} and ${other} do not differ by more than ${plural(first.images, 'image')} can show ${numbers}.`;
}
