import { referenceEngine } from '@floatpath/engine';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  analyze,
  createObserver,
  packPattern,
  patternDiff,
  patternDistance,
  selectionsAt,
  unionOfUnits,
  unpackPattern,
  type PatternLayout,
} from '../../src/index.js';
import { ortNode } from '../ort.js';

/** A layout of one gate with `pieces` pieces, and three selections of its units. */
const selections = fc
  .record({ units: fc.integer({ min: 0, max: 40 }), pieces: fc.constantFrom(2, 3, 9) })
  .chain(({ units, pieces }) => {
    const layout: PatternLayout = {
      gates: [{ name: 'gate', rowShape: [units], start: 0, units, pieces }],
      units,
    };
    const some = fc
      .array(fc.nat(pieces - 1), { minLength: units, maxLength: units })
      .map((values) => Uint16Array.from(values));
    return fc.tuple(fc.constant(layout), some, some, some);
  });

describe('patterns', () => {
  it('come back from their packed form', () => {
    fc.assert(
      fc.property(selections, ([layout, a]) => {
        expect(unpackPattern(layout, packPattern(layout, a))).toEqual(a);
      }),
    );
  });

  it('have a distance that is a metric and counts the units that differ', () => {
    fc.assert(
      fc.property(selections, ([layout, ...three]) => {
        const [a, b, c] = three.map((s) => packPattern(layout, s)) as [
          Uint8Array,
          Uint8Array,
          Uint8Array,
        ];
        const distance = (p: Uint8Array, q: Uint8Array): number => patternDistance(layout, p, q);
        expect(distance(a, a)).toBe(0);
        expect(distance(a, b)).toBe(distance(b, a));
        expect(distance(a, c)).toBeLessThanOrEqual(distance(a, b) + distance(b, c));
        const differing = Array.from(three[0]).flatMap((v, i) => (v === three[1][i] ? [] : [i]));
        expect(distance(a, b)).toBe(differing.length);
        expect(patternDiff(layout, a, b).map((unit) => unit.index)).toEqual(differing);
      }),
    );
  });

  it('refuse patterns of another network', () => {
    const layout = { gates: [], units: 0 };
    expect(() => patternDistance(layout, new Uint8Array(0), new Uint8Array(2))).toThrow(
      expect.objectContaining({ code: 'shape-mismatch' }),
    );
    expect(() => packPattern(layout, new Uint16Array(1))).toThrow(
      expect.objectContaining({ code: 'shape-mismatch' }),
    );
  });

  it('have unions that mark what any set marks', () => {
    expect([...unionOfUnits([Uint8Array.of(1, 0, 0), Uint8Array.of(0, 0, 1)])]).toEqual([1, 0, 1]);
  });
});

describe('observers', () => {
  it.each([referenceEngine(), ortNode()])('see the float64 selections on $name', async (engine) => {
    await fc.assert(
      fc.asyncProperty(networkCases(), async ({ network, point, points }) => {
        const analysis = analyze(network);
        await using observer = await createObserver(engine, analysis);
        const rows = await observer.observe(points(0, 3));
        expect(rows).toHaveLength(3);
        rows.forEach((row, i) => expect(row.selections).toEqual(selectionsAt(analysis, point(i))));
      }),
      { numRuns: 60 },
    );
  });
});
