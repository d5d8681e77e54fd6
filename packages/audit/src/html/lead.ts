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
    `in ${kinds.float} the neurons that switched lose the label`,
    `in ${kinds.lipschitz} the paths on which nothing switched lose it by themselves`,
    ...(kinds.fixedAlreadyWrong > 0 ? [`in ${kinds.fixedAlreadyWrong} those never had it`] : []),
  ];
  return `Of its ${failures} failures, ${causes.join(', ')}.`;
}

function certifiedSentence({ methods, images }: NetworkSummary, settings: ReportSettings): string {
  const plain = methods.find(({ method }) => method === 'plain');
  const at = (plain?.radii.length ?? 0) - 1;
  const share = plain?.shares[at];
  if (plain === undefined || share === undefined) return '';
  return `As a majority vote under Gaussian noise of sigma ${quantity(settings.sigma)} it is certified right on ${Math.round(share * images)} of ${images}, for every l2 change below ${quantity(plain.radii[at] ?? 0)}.`;
}
