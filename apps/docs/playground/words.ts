import type { PointRadius } from '@floatpath/audit/explore';
import type { Part } from './protocol.js';

type Proof = Extract<Part, { part: 'around' }>['proof'];
type Failure = Pick<Extract<Part, { part: 'explained' }>, 'failure' | 'broken'>;

/** A setting as it was computed with: levels of 8-bit pixels as such, other numbers in full. */
export function settingWords(value: number): string {
  const levels = Math.round(value * 255);
  return levels > 0 && Math.abs(value * 255 - levels) < 1e-9 && levels < 255
    ? `${levels}/255`
    : String(value);
}

const proofWords = {
  interval: 'interval bounds, since it is too large for better ones',
  crown: 'CROWN bounds',
  'alpha-crown': 'alpha-CROWN bounds',
} as const;

export function aroundWords(proof: Proof): string {
  return proof === null
    ? 'A neuron is float where more than 5 % of 200 noisy copies leave its usual piece.'
    : `Proved to keep their piece on the whole ball (${proofWords[proof]}), seen to switch in 128 draws from it, or neither.`;
}

export function failureWords({ failure, broken }: Failure): string {
  switch (failure) {
    case 'lipschitz':
      return 'Lipschitz vulnerability: the fixed paths alone already lose the label. No neuron had to switch for that.';
    case 'float':
      return 'Float neuron vulnerability: the fixed paths keep the label; only paths through neurons that switched lose it.';
    case 'fixed-already-wrong':
      return 'The fixed paths were wrong before anything changed; the float paths had been making up for it.';
    case null:
      return broken
        ? 'Two logits are so close here that rounding decides the label. Where the margin went:'
        : 'The label holds at this input. What the margin lost so far, and where:';
  }
}

export const radiusWords: Readonly<Record<PointRadius['method'], string>> = {
  plain: 'plain smoothing',
  'sc-rfp-input': 'SC-RFP, input anchor (kappa .67, lambda .5)',
  'sc-rfp-center': 'SC-RFP, center anchor (tau .05, lambda 0)',
};
