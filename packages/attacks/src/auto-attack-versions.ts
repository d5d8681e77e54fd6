import type { Criterion, Norm } from '@floatpath/core';
import { apgd } from './apgd.js';
import { apgdTargeted } from './apgd-targeted.js';
import { fab, fabTargeted } from './fab.js';
import type { LedgerEntry } from './ledger.js';
import { restarts } from './restarts.js';
import { square } from './square.js';

export type AutoAttackVersion = 'standard' | 'plus' | 'rand';

export interface AutoAttackPlace {
  readonly norm: Norm;
  readonly classes: number;
  readonly criterion: Criterion['kind'];
}

/** What a version of AutoAttack consists of, in order; see `autoAttack`. */
export function autoAttackEntries(
  version: AutoAttackVersion,
  { norm, classes, criterion }: AutoAttackPlace,
): readonly LedgerEntry[] {
  const others = Math.max(1, classes - 1);
  const entry = (id: string, attack: LedgerEntry['attack']): LedgerEntry => ({ id, attack });
  const apgdT = (most: number, largeRadii: boolean): LedgerEntry =>
    entry('apgd-t', apgdTargeted({ targets: Math.min(most, others), largeRadii }));
  const fabT = entry('fab-t', fabTargeted({ targets: Math.min(9, others) }));
  const squares = entry('square', square());
  const sequences: Readonly<Record<AutoAttackVersion, readonly LedgerEntry[]>> = {
    standard:
      norm === 'l1'
        ? [entry('apgd-ce', restarts(apgd({ largeRadii: true }), 5)), apgdT(5, true), fabT, squares]
        : [entry('apgd-ce', apgd()), apgdT(9, false), fabT, squares],
    plus: [
      entry('apgd-ce', restarts(apgd(), 5)),
      entry('apgd-dlr', restarts(apgd({ objective: 'dlr' }), 5)),
      entry('fab', restarts(fab(), 5)),
      squares,
      apgdT(9, false),
      fabT,
    ],
    rand: [
      entry('apgd-ce', apgd({ eotIterations: 20 })),
      entry('apgd-dlr', apgd({ objective: 'dlr', eotIterations: 20 })),
    ],
  };
  const needsLabels = ['apgd-t', 'fab', 'fab-t'];
  return sequences[version].filter(({ id }) => criterion !== 'linear' || !needsLabels.includes(id));
}
