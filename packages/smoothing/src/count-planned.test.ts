import { describe, expect, it } from 'vitest';
import { normalSurvival } from '@floatpath/statistics';
import { countPlanned, type DrawSamples } from './count-planned.js';
import { gaussian } from './noise/gaussian.js';
import { plannedCertificate } from './planned-certificate.js';
import type { Plan } from './plan.js';

const noise = gaussian({ sigma: 0.5 });
const base: Plan = {
  n0: 20,
  n: 20_000,
  alpha: 0.001,
  bound: { kind: 'anytime' },
  stopping: { kind: 'fixed' },
};

/** Draw i answers class 0 iff a low-discrepancy sequence is below p; ranges of draws are remembered. */
function source(p: number): { draw: DrawSamples; asked: number[][] } {
  const asked: number[][] = [];
  return {
    asked,
    draw: ({ from, n }) => {
      asked.push([from, n]);
      let top = 0;
      for (let i = from; i < from + n; i += 1) if ((i * 0.618_033_988_75) % 1 < p) top += 1;
      return Promise.resolve({ counts: [Uint32Array.of(top, n - top)], n, rejected: 0 });
    },
  };
}

async function run(
  plan: Plan,
  p: number,
): Promise<{ n: number; radius: number; asked: number[][] }> {
  const { draw, asked } = source(p);
  const { selection, estimation } = await countPlanned(plan, noise, draw, {});
  const certificate = plannedCertificate(plan, noise, {
    selection: selection?.counts ?? estimation.counts,
    estimation: estimation.counts,
    n: estimation.n,
  });
  return {
    n: estimation.n,
    radius: certificate.kind === 'certified' ? certificate.radius : 0,
    asked,
  };
}

describe('a fixed plan', () => {
  it('draws n0, then n', async () => {
    const { n, asked } = await run(base, 0.9);
    expect(n).toBe(20_000);
    expect(asked).toEqual([
      [0, 20],
      [0, 20_000],
    ]);
  });
});

describe('a plan with a target radius', () => {
  const plan: Plan = { ...base, stopping: { kind: 'target-radius', radius: 0.5 } };

  it('stops early where the radius is plainly there, and claims no more than it', async () => {
    const { n, radius } = await run(plan, 0.99);
    expect(n).toBeLessThan(300);
    expect(radius).toBe(0.5);
  });

  it('gives up early where it is plainly not', async () => {
    const { n, radius } = await run(plan, 0.6);
    expect(n).toBeLessThan(300);
    expect(radius).toBe(0);
  });

  it('goes to the end in between', async () => {
    // p = Phi(1) is where the radius is .5 exactly.
    expect((await run(plan, 1 - normalSurvival(1))).n).toBe(20_000);
  });
});

describe('a plan until more draws gain little', () => {
  const plan: Plan = { ...base, stopping: { kind: 'until', gain: 0.02 } };

  it('loses at most about that much against all draws', async () => {
    for (const p of [0.7, 0.9, 0.99]) {
      const early = await run(plan, p);
      const all = await run(base, p);
      expect(early.n).toBeLessThan(20_000);
      // The sequence is even, so that the rest is like the first: a tenth for what is not.
      expect(all.radius - early.radius).toBeLessThan(0.022);
    }
  });

  it('works in stages too', async () => {
    const bound = { kind: 'staged', stages: [100, 1_000, 20_000] } as const;
    const { n } = await run({ ...plan, bound }, 0.8);
    expect([1_000, 20_000]).toContain(n);
  });
});
