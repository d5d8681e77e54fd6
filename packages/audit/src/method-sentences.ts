import type { MethodSummary, NetworkSummary } from './report.js';
import { controlMethods, methodTitles, plural, printable } from './story-words.js';

/** What repression did to the certified radii of a network, one sentence per method. A denoiser alone represses nothing. */
export function methodSentences(network: NetworkSummary): readonly string[] {
  return network.methods
    .filter(
      ({ guarantee, method }) => guarantee === 'unconditional' && !controlMethods.includes(method),
    )
    .flatMap((method) => {
      const { differenceToPlain: difference } = method;
      if (difference === null) return [];
      const label = printable(network.label);
      const title = methodTitles[method.method];
      if (!difference.significant) {
        return [
          `${title}: repression changed the certified radii of ${label} by nothing that ${plural(network.images, 'image')} can show.`,
        ];
      }
      const raised = difference.mean > 0;
      const by = Math.abs(difference.mean).toFixed(3).replace(/^0/, '');
      const unbeaten = raised ? unbeatenControls(method) : [];
      return [
        unbeaten.length === 0
          ? `${title}: repression ${raised ? 'raised' : 'lowered'} the mean certified radius of ${label} by ${by}.`
          : `${title}: the mean certified radius of ${label} rose by ${by}, but not above what its denoiser gives without repression (${unbeaten.join(', ')}).`,
      ];
    });
}

/** Controls over which a method shows no gain. */
function unbeatenControls({ differencesToControls = [] }: MethodSummary): readonly string[] {
  return differencesToControls
    .filter(({ significant, mean }) => !significant || mean <= 0)
    .map(({ control }) => methodTitles[control]);
}
