import { anytimeLower, type Mixture } from '@floatpath/statistics';
import { topClass, type Bound } from './bound.js';

/** The tighter of the two mixtures at the top, where certificates are. */
export const ANYTIME_MIXTURE: Mixture = { prior: 'jeffreys', sides: 'one' };

/**
 * A lower bound that holds at every number of draws at once: draw until the certificate is good enough, or go on
 * tomorrow. The label comes from selection draws of its own.
 *
 * @see Ville 1939; Robbins 1970; for smoothing Voracek, NeurIPS 2024
 */
export function anytime(): Bound {
  return {
    spec: { kind: 'anytime' },
    looks: 'any',
    selects: true,
    classBound({ selection, estimation, n, alpha }) {
      const label = topClass(selection);
      return { label, pLower: anytimeLower(estimation[label] ?? 0, n, alpha, ANYTIME_MIXTURE) };
    },
  };
}
