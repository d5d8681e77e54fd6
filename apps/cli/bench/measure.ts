/** User and system seconds of this process, all its threads: time that other processes take does not count. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Something that is measured: does some work and says how many samples that was and what it cost. */
export type Measure = () => Promise<{ readonly samples: number; readonly seconds: number }>;

/** Repeats `work` for at least `least` CPU seconds; `work` returns the samples of one pass. */
export function byCpu(work: () => Promise<number>, least = 0.3): Measure {
  return async () => {
    const begun = cpuSeconds();
    let samples = 0;
    let seconds: number;
    do {
      samples += await work();
      seconds = cpuSeconds() - begun;
    } while (seconds < least);
    return { samples, seconds };
  };
}

export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly rounds: number;
  /** Median samples per second of the first and of the second. */
  readonly rates: readonly [number, number];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? NaN) + (sorted[sorted.length >> 1] ?? NaN)) / 2;
}

/**
 * The rate of `first` over that of `second`, A/B/A/B in one run: the median of the ratios of neighbors, so that what slows
 * the machine for a while slows both. One unmeasured round goes first.
 */
export async function alternate(first: Measure, second: Measure, rounds: number): Promise<Ratio> {
  const ratios: number[] = [];
  const rates: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round += 1) {
    const [a, b] = [await first(), await second()];
    if (round === 0) continue;
    const [rateA, rateB] = [a.samples / a.seconds, b.samples / b.seconds];
    rates[0].push(rateA);
    rates[1].push(rateB);
    ratios.push(rateA / rateB);
  }
  return {
    median: median(ratios),
    least: Math.min(...ratios),
    most: Math.max(...ratios),
    rounds,
    rates: [median(rates[0]), median(rates[1])],
  };
}
