import { readFileSync } from 'node:fs';
import type { DatasetName, Range } from '../data.js';
import type { Plan, PlannedNetwork } from '../plan.js';

export interface SecondNetwork extends PlannedNetwork {
  /** Report images beside `report`, where no range holds them all. */
  readonly moreReport?: Range;
  readonly training: { readonly batch: number; readonly rate: number };
}

/** What of `plan-2.json` the program reads. */
export interface SecondPlan extends Pick<Plan, 'selection' | 'report'> {
  readonly networks: readonly SecondNetwork[];
  readonly images: Pick<Plan['images'], 'deviations' | 'wiener' | 'fineTuning'> & {
    readonly selection: Readonly<
      Record<DatasetName, readonly [part: 'train' | 'test', first: number, end: number]>
    > & { readonly draws: number };
  };
  readonly designs: readonly (Plan['designs'][number] & { readonly controls: readonly string[] })[];
}

export function readSecondPlan(): SecondPlan {
  return JSON.parse(
    readFileSync(new URL('../../plan-2.json', import.meta.url), 'utf8'),
  ) as SecondPlan;
}
