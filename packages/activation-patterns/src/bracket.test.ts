import { describe, expect, it } from 'vitest';
import { bracketOf } from './bracket.js';
import type { PatternLayout } from './layout.js';
import type { Proof } from './prove.js';
import type { Sampling } from './sample.js';

const gate = (name: string, start: number, units: number) => ({
  name,
  rowShape: [units],
  start,
  units,
  pieces: 2,
});
const layout: PatternLayout = { gates: [gate('a', 0, 3), gate('b', 3, 2)], units: 5 };
const proof = (fixed: readonly number[]): Proof =>
  ({ fixed: Uint8Array.from(fixed) }) as unknown as Proof;
const sampling = (seen: readonly number[]): Sampling =>
  ({ seen: Uint8Array.from(seen) }) as unknown as Sampling;

describe('bracketOf', () => {
  it('counts proved, seen and neither per gate', () => {
    expect(
      bracketOf(layout, { proof: proof([1, 0, 0, 1, 1]), sampling: sampling([0, 1, 0, 0, 0]) }),
    ).toEqual([
      { gate: 'a', units: 3, fixed: 1, float: 1, undecided: 1 },
      { gate: 'b', units: 2, fixed: 2, float: 0, undecided: 0 },
    ]);
  });

  it('knows nothing of what is not given', () => {
    expect(bracketOf(layout, {})[0]).toEqual({
      gate: 'a',
      units: 3,
      fixed: 0,
      float: 0,
      undecided: 3,
    });
  });

  it('refuses marks of another network and a contradiction', () => {
    expect(() => bracketOf(layout, { proof: proof([1]) })).toThrow(
      expect.objectContaining({ code: 'shape-mismatch' }),
    );
    expect(() =>
      bracketOf(layout, { proof: proof([1, 0, 0, 0, 0]), sampling: sampling([1, 0, 0, 0, 0]) }),
    ).toThrow(expect.objectContaining({ code: 'invalid-data' }));
  });
});
