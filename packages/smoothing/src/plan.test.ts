import { describe, expect, it } from 'vitest';
import { looksOf, requirePlan, type Plan } from './plan.js';

const plan: Plan = {
  n0: 100,
  n: 10_000,
  alpha: 0.001,
  bound: { kind: 'anytime' },
  stopping: { kind: 'until', gain: 0.01 },
};

describe('a plan', () => {
  it('looks at numbers of its own, ending with n', () => {
    const looks = looksOf(plan);
    expect(looks[0]).toBe(20);
    expect(looks.at(-1)).toBe(10_000);
    expect(looks.every((n, i) => n > (looks[i - 1] ?? 0))).toBe(true);
    expect(looksOf({ ...plan, stopping: { kind: 'fixed' } })).toEqual([10_000]);
    const stages = [100, 1_000, 10_000];
    expect(looksOf({ ...plan, bound: { kind: 'staged', stages } })).toEqual(stages);
  });

  it('may go without a selection sample where the bound needs none', () => {
    const free: Plan = {
      ...plan,
      n0: 0,
      bound: { kind: 'selection-free' },
      stopping: { kind: 'fixed' },
    };
    expect(() => {
      requirePlan('certify', free);
    }).not.toThrow();
  });

  it.each<[Partial<Plan>, string]>([
    [
      { bound: { kind: 'binary' } },
      'certify: expected the anytime or a staged bound for a run that may stop early, got binary',
    ],
    [
      { bound: { kind: 'staged', stages: [10, 100] } },
      'certify: expected n = 10000 as the last stage, got stages [10,100]',
    ],
    [{ stopping: { kind: 'until', gain: 0 } }, 'certify: expected a gain above 0, got 0'],
    [
      { stopping: { kind: 'target-radius', radius: NaN } },
      'certify: expected a target radius above 0, got NaN',
    ],
    [{ n0: 0 }, 'certify: expected n0 an integer of at least 1, got 0'],
    [{ alpha: 1 }, 'certify: expected alpha in (0, 1), got 1'],
    [
      { n: 11 },
      'certify: expected n an integer of at least 12 for alpha 0.001, got 11; fewer draws can only abstain',
    ],
  ])('is refused with %o', (change, message) => {
    expect(() => {
      requirePlan('certify', { ...plan, ...change });
    }).toThrow(expect.objectContaining({ code: 'invalid-argument', message }));
  });
});
