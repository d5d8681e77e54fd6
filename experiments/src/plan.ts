import { readFileSync } from 'node:fs';
import type { DatasetName, Range } from './data.js';

interface PlannedRange {
  readonly mnist: Range;
  readonly cifar10: Range;
}

export interface PlannedNetwork {
  readonly id: string;
  readonly dataset: DatasetName;
  readonly sigma: number;
  readonly report: Range;
}

/** What of `plan.json` the program reads; the rest of it is for people. */
export interface Plan {
  readonly networks: readonly PlannedNetwork[];
  readonly images: {
    readonly deviations: PlannedRange & { readonly draws: number };
    readonly wiener: PlannedRange;
    readonly learnedDenoiser: PlannedRange;
    readonly learnedWeights: PlannedRange & { readonly draws: number };
    readonly fineTuning: PlannedRange & { readonly epochs: number };
    readonly selection: PlannedRange;
  };
  readonly selection: { readonly seed: number };
  readonly designs: readonly {
    readonly id: string;
    readonly what: string;
    readonly settings: readonly string[];
  }[];
  readonly report: {
    readonly n0: number;
    readonly n: number;
    readonly alpha: number;
    readonly seed: number;
  };
}

export function readPlan(): Plan {
  return JSON.parse(readFileSync(new URL('../plan.json', import.meta.url), 'utf8')) as Plan;
}
