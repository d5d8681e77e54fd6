import type { PointRadius } from '@floatpath/audit/explore';
import type { Part } from './protocol.js';

type Failure = Extract<Part, { part: 'explained' }>['failure'];

export function failureWords(failure: Failure): string {
  switch (failure) {
    case 'lipschitz':
      return 'Lipschitz vulnerability: the fixed paths alone already lose the label. No neuron had to switch for that.';
    case 'float':
      return 'Float neuron vulnerability: the fixed paths keep the label; only paths through neurons that switched lose it.';
    case 'fixed-already-wrong':
      return 'The fixed paths were wrong before anything changed; the float paths had been making up for it.';
    case null:
      return 'The label holds at this input. What the margin lost so far, and where:';
  }
}

export const radiusWords: Readonly<Record<PointRadius['method'], string>> = {
  plain: 'plain smoothing',
  'sc-rfp-input': 'SC-RFP, input anchor (kappa .67, lambda .5)',
  'sc-rfp-center': 'SC-RFP, center anchor (tau .05, lambda 0)',
};
