import type { NetworkSummary, ReportSettings } from '../report.js';
import { printable, quantity } from '../story-words.js';

/** A network's story in three sentences, by rule from its numbers. */
export function leadSentence(network: NetworkSummary, settings: ReportSettings): string {
  return [
    `${printable(network.label)} is right on ${network.cleanRight} of ${network.images} images as they are and, when each is changed by the attack (${settings.norm} <= ${quantity(settings.epsilon)}), on ${network.robustAtMost} at most.`,
    failureSentence(network),
    certifiedSentence(network, settings),
  ].join(' ');
}

function failureSentence({ failures, kinds }: NetworkSummary): string {
  if (failures === 0) return 'The attack found no failure.';
  const causes = [
    [kinds.float, 'the neurons that switched lose the label'],
    [kinds.lipschitz, 'the paths on which nothing switched lose it by themselves'],
    [kinds.fixedAlreadyWrong, 'the paths on which nothing switched never had it'],
  ] as const;
  const told = causes
    .filter(([count]) => count > 0)
    .map(([count, what]) => `in ${count === failures ? `all ${count}` : count} ${what}`);
  return `Of its ${failures} failures: ${told.length === 0 ? 'ties within rounding' : told.join('; ')}.`;
}

function certifiedSentence({ methods, images }: NetworkSummary, settings: ReportSettings): string {
  const plain = methods.find(({ method }) => method === 'plain');
  const at = (plain?.radii.length ?? 0) - 1;
  const share = plain?.shares[at];
  if (plain === undefined || share === undefined) return '';
  return `As a majority vote under Gaussian noise of sigma ${quantity(settings.sigma)} it is certified right on ${Math.round(share * images)} of ${images}: for every 8-bit image closer than ${quantity(plain.radii[at] ?? 0)} in l2.`;
}
