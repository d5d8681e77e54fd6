import { describe, expect, it } from 'vitest';
import type { Norm } from '@floatpath/core';
import {
  carliniWagnerL2,
  carliniWagnerLinf,
  deepFool,
  fab,
  type SearchAttack,
} from '../src/index.js';
import {
  gapOf,
  looksOf,
  lossesOf,
  networkOf,
  readGolden,
  withoutRepeats,
  type GoldenNetwork,
} from './golden-curves.js';

interface Suite {
  readonly network: GoldenNetwork;
  readonly settings: {
    readonly fab: { iterations: number };
    readonly deepfool: { steps: number; overshoot: number; candidates: number };
    readonly cwL2: Parameters<typeof carliniWagnerL2>[0] & object;
    readonly cwLinf: Parameters<typeof carliniWagnerLinf>[0] & object;
  };
  readonly cases: readonly {
    readonly attack: 'fab' | 'deepfool' | 'cw-l2' | 'cw-linf';
    readonly norm: Norm;
    readonly x: number[];
    readonly label: number;
    readonly loss: number[];
    readonly distance: number[];
    readonly nearest: number;
  }[];
}

const suite = readGolden<Suite>('minimal-curves.json');
const { settings } = suite;
const network = networkOf(suite.network, [6]);
const attacks: Record<Suite['cases'][number]['attack'], SearchAttack> = {
  fab: fab(settings.fab),
  deepfool: deepFool(settings.deepfool),
  'cw-l2': carliniWagnerL2(settings.cwL2),
  'cw-linf': carliniWagnerLinf(settings.cwLinf),
};

/** As far as any point of the unit cube is: these attacks look for the nearest point, whatever epsilon is. */
const whole = { linf: 1, l2: Math.sqrt(6), l1: 6 };
const looksAt = (attack: SearchAttack, at: Suite['cases'][number], norm = at.norm) =>
  looksOf(attack, network, { ...at, region: { kind: 'ball', norm, epsilon: whole[norm] } });

/** Points are rounded to float32 at every step, 2^-24 of at most 1, against slopes below 10 and some 200 steps. */
const TOLERANCE = 1e-4;

describe.each(suite.cases.map((at, index) => ({ at, index, name: `${at.attack} ${at.norm}` })))(
  '$name, case $index',
  ({ at }) => {
    it('looks where the independent implementation does', async () => {
      const { looks: all, row } = await looksAt(attacks[at.attack], at);
      const looks = withoutRepeats(all);
      // The last look is at the nearest point once more, unless the search ended there.
      expect([0, 1]).toContain(looks.length - at.loss.length);
      expect(gapOf(lossesOf(looks), at.loss)).toBeLessThan(TOLERANCE);
      const distances = looks.map(({ distance }) => distance);
      expect(gapOf(distances, at.distance)).toBeLessThan(TOLERANCE);
      expect(row.status).toBe('success');
      expect(Math.abs(row.distance - at.nearest)).toBeLessThan(TOLERANCE);
    });
  },
);

it.each([
  { attack: 'deepfool', other: deepFool({ ...settings.deepfool, overshoot: 0.04 }) },
  { attack: 'cw-l2', other: carliniWagnerL2({ ...settings.cwL2, learningRate: 0.021 }) },
  { attack: 'cw-linf', other: carliniWagnerLinf({ ...settings.cwLinf, learningRate: 0.051 }) },
])('the comparison notices another setting of $attack', async ({ attack, other }) => {
  for (const at of suite.cases.filter((own) => own.attack === attack)) {
    const looks = withoutRepeats((await looksAt(other, at)).looks);
    expect(gapOf(lossesOf(looks), at.loss)).toBeGreaterThan(10 * TOLERANCE);
  }
});

it('the comparison notices FAB in another norm', async () => {
  for (const at of suite.cases.filter(({ attack }) => attack === 'fab')) {
    const other = at.norm === 'l2' ? 'linf' : 'l2';
    const { looks } = await looksAt(attacks.fab, at, other);
    expect(gapOf(lossesOf(withoutRepeats(looks)), at.loss)).toBeGreaterThan(10 * TOLERANCE);
  }
});
