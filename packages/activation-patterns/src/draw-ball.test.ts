import { float64Tensor, type Norm } from '@floatpath/core';
import { describe, expect, it } from 'vitest';
import { fillBallPoint } from './draw-ball.js';

const lengths: Record<Norm, (offset: number[]) => number> = {
  linf: (offset) => Math.max(...offset.map(Math.abs)),
  l2: (offset) => Math.hypot(...offset),
  l1: (offset) => offset.reduce((sum, v) => sum + Math.abs(v), 0),
};

describe.each(Object.entries(lengths) as [Norm, (offset: number[]) => number][])(
  'draws from the %s ball',
  (norm, length) => {
    const center = float64Tensor([1, 3], [0.25, 0.5, Math.fround(0.7)]);
    const draws = Array.from({ length: 4000 }, (_, draw) => {
      const out = new Float32Array(3);
      fillBallPoint(
        out,
        center,
        { norm, radius: 0.2 },
        { seed: 1, purpose: 'anchor', image: 0, draw },
      );
      return Array.from(out, (v, i) => v - (center.data[i] as number));
    });

    it('stay inside', () => {
      // float64 roundoff of the three offsets and their norm
      for (const offset of draws) expect(length(offset)).toBeLessThanOrEqual(0.2 * (1 + 1e-14));
    });

    it('are uniform by volume: half of them within 2^(-1/3) of the radius', () => {
      const inner = draws.filter((offset) => length(offset) < 0.2 * 0.5 ** (1 / 3)).length;
      // six standard deviations of Bin(4000, 1/2)
      expect(Math.abs(inner - 2000)).toBeLessThan(190);
    });

    it('have no preferred side', () => {
      for (const axis of [0, 1, 2]) {
        const positive = draws.filter((offset) => (offset[axis] as number) > 0).length;
        expect(Math.abs(positive - 2000)).toBeLessThan(190);
      }
    });

    it('are clipped to the bounds', () => {
      const out = new Float32Array(3);
      for (let draw = 0; draw < 50; draw += 1) {
        const ball = { norm, radius: 0.9, bounds: [0, 1] } as const;
        fillBallPoint(out, center, ball, { seed: 1, purpose: 'anchor', image: 0, draw });
        expect(out.every((v) => v >= 0 && v <= 1)).toBe(true);
      }
    });
  },
);
