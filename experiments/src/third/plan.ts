import { readFileSync } from 'node:fs';
import type { DatasetName, Range } from '../data.js';
import type { Plan, PlannedNetwork } from '../plan.js';
import type { SecondPlan } from '../second/plan.js';

export interface ThirdNetwork extends PlannedNetwork {
  /** Draws of a certificate. */
  readonly n: number;
  readonly training: {
    readonly batch: number;
    /** The smallest first. */
    readonly rates: readonly number[];
    readonly mirrored: boolean;
  };
}

/** What of `plan-3.json` the program reads. */
export interface ThirdPlan extends Pick<SecondPlan, 'selection' | 'designs'> {
  readonly networks: readonly ThirdNetwork[];
  readonly images: Pick<SecondPlan['images'], 'deviations' | 'wiener' | 'selection'> & {
    readonly fineTuning: Readonly<Record<DatasetName, Range>> & {
      readonly epochs: Readonly<Record<DatasetName, number>>;
    };
  };
  readonly report: Omit<Plan['report'], 'n'>;
}

export function readThirdPlan(): ThirdPlan {
  return JSON.parse(
    readFileSync(new URL('../../plan-3.json', import.meta.url), 'utf8'),
  ) as ThirdPlan;
}
