import type { NetworkSummary, Report } from './report.js';
import { decimal, methodTitles, plural, printable, quantity, shortRadius } from './story-words.js';

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

export function storyOf(report: Report): Story {
  const { networks, settings } = report;
  const row = (label: string, of: (network: NetworkSummary) => string): StoryRow => ({
    label,
    cells: networks.map(of),
  });
  const [low, high] = settings.bounds;
  return {
    title: `${plural(networks.length, 'network')}, ${printable(settings.data)}, inputs in [${low},${high}], seed ${settings.seed}`,
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
        row(
          'Lipschitz: fixed paths alone lose the label',
          (n) => `${n.kinds.lipschitz} of ${n.failures}`,
        ),
        row('float neuron: only the switched ones lose it', (n) => `${n.kinds.float}`),
        row('fixed paths were wrong before', (n) => `${n.kinds.fixedAlreadyWrong}`),
        row('share of the lost margin, fixed / float', marginShares),
        row('neurons that switched, gate by gate', switchedShares),
        row('check: |fixed + float - output| <=', sumLaw),
      ],
    },
    smoothed: {
      heading: '3 THE SAME NETWORK, SMOOTHED',
      aside: `majority label under Gaussian noise, sigma ${quantity(settings.sigma)} (deploying it costs n passes)`,
      rows: [
        row('failures repaired, Lipschitz / float neuron', repairs),
        row(
          'still right under attack on the smoothed network',
          (n) => `${n.smoothedRobustAtMost} at most`,
        ),
      ],
    },
    certified: {
      heading: '4 WHAT IS CERTIFIED',
      aside: `share right, and provably so for every l2 change below r (n ${settings.n}, alpha ${settings.alpha})`,
      rows: [],
    },
    short: shortSentences(report),
  };
}

function artefactText({ artefact, networks }: Report): string {
  const images = Math.min(...artefact.map((a) => a.images - a.labelDisagreements));
  const difference = Math.max(...artefact.map((a) => a.maxLogitDifference));
  const who =
    networks.length === 1 ? '' : networks.length === 2 ? ', both networks' : ', all networks';
  return `our graph gives the original file's label on ${images} of ${artefact[0]?.images ?? 0} images${who} (largest logit difference ${difference.toExponential(1)})`;
}

function marginShares({ fixedShare }: NetworkSummary): string {
  if (fixedShare === null) return 'no failures';
  return `${fixedShare.toFixed(2)} / ${(1 - fixedShare).toFixed(2)}`.replaceAll('0.', '.');
}

function switchedShares({ switchedShare }: NetworkSummary): string {
  if (switchedShare.length === 0) return 'no failures';
  const percents = switchedShare.map((share) => String(Math.round(100 * share)));
  const shown =
    percents.length > 6 ? [...percents.slice(0, 3), '..', ...percents.slice(-2)] : percents;
  return `${shown.join(' ')} %`;
}

function sumLaw({ failures, residual, sumLawHolds }: NetworkSummary): string {
  if (failures === 0) return 'no failures';
  return `${residual.toExponential(1)}, ${sumLawHolds ? 'holds' : 'DOES NOT HOLD'}`;
}

function repairs({ repaired, kinds }: NetworkSummary): string {
  return `${repaired.lipschitz} of ${kinds.lipschitz} / ${repaired.float} of ${kinds.float}`;
}

/** What changed between the networks, by rule from the numbers above. */
function shortSentences(report: Report): readonly string[] {
  const plain = report.networks.map((network) => ({
    network,
    method: network.methods.find((m) => m.method === 'plain'),
  }));
  const sentences: string[] = [];
  const [first, second] = plain;
  if (first?.method && second?.method) {
    const at = first.method.radii.length - 1;
    const [a, b] = [first.method.shares[at] ?? 0, second.method.shares[at] ?? 0];
    const verb = b > a ? 'certifies more' : b < a ? 'certifies less' : 'certifies as much';
    sentences.push(
      `Smoothed, ${printable(second.network.label)} ${verb} at r = ${shortRadius(first.method.radii[at] ?? 0)}: ${decimal(b)} against ${decimal(a)} of the images.`,
    );
  } else if (first?.method) {
    const at = Math.min(1, first.method.radii.length - 1);
    sentences.push(
      `Attacked, ${first.network.robustAtMost} of ${first.network.images} images stay right at most; smoothed, ${decimal(first.method.shares[at] ?? 0)} of the images are certified for every l2 change below ${shortRadius(first.method.radii[at] ?? 0)}.`,
    );
  }
  for (const { network } of plain) {
    const repressed = network.methods.filter(
      (m) => m.guarantee === 'unconditional' && m.differenceToPlain !== null,
    );
    for (const method of repressed) {
      const difference = method.differenceToPlain;
      if (difference === null) continue;
      const effect = !difference.significant
        ? 'changed the certified radius by nothing that these images can show'
        : difference.mean > 0
          ? 'raised the certified radius'
          : 'lowered the certified radius';
      sentences.push(
        `${methodTitles[method.method]}, repression ${effect} (${printable(network.label)}).`,
      );
    }
  }
  return sentences;
}
