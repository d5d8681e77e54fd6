import type { PgdOptions } from './pgd.js';

/** The default settings of other libraries, for comparisons; relative steps hold at every epsilon. */
export const presets = {
  foolboxPgd40: {
    origin:
      'Foolbox 3, LinfPGD (LinfProjectedGradientDescentAttack) defaults: 40 steps of 0.01 at epsilon 0.3',
    norm: 'linf',
    options: {
      steps: 40,
      relativeStep: 0.01 / 0.3,
      objective: 'cross-entropy',
      randomStart: true,
    },
  },
  torchattacksPgd10: {
    origin: 'torchattacks 3, PGD defaults: 10 steps of 2/255 at epsilon 8/255',
    norm: 'linf',
    options: { steps: 10, relativeStep: 0.25, objective: 'cross-entropy', randomStart: true },
  },
} as const satisfies Record<
  string,
  { readonly origin: string; readonly norm: 'linf'; readonly options: PgdOptions }
>;
