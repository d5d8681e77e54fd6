import { referenceEngine } from '@floatpath/engine';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  analyze,
  compareSelections,
  createFiringCounter,
  createFiringRates,
  createPatternDictionary,
  packPattern,
  selectionsAt,
  unpackPattern,
} from '../../src/index.js';
import { ortNode } from '../ort.js';

const streams = networkCases().map(({ network, point }) => {
  const analysis = analyze(network);
  const selections = Array.from({ length: 9 }, (_, i) => selectionsAt(analysis, point(i % 5)));
  return { layout: analysis.layout, selections };
});

describe('a dictionary of patterns', () => {
  it('counts what a dictionary of whole patterns counts', () => {
    fc.assert(
      fc.property(streams, fc.nat(1000), ({ layout, selections }, seed) => {
        const dictionary = createPatternDictionary(layout, { seed });
        const whole = new Map<string, number>();
        for (const of of selections) {
          const pattern = packPattern(layout, of);
          dictionary.add(pattern);
          const key = pattern.join();
          whole.set(key, (whole.get(key) ?? 0) + 1);
        }
        expect(dictionary.inputs).toBe(selections.length);
        expect(dictionary.distinct).toBe(whole.size);
        expect(dictionary.counts()).toEqual([...whole.values()].sort((a, b) => b - a));
        for (const of of selections) {
          const pattern = packPattern(layout, of);
          expect(dictionary.countOf(pattern)).toBe(whole.get(pattern.join()));
        }
      }),
    );
  });

  it('tells patterns of one bit apart in every place, and refuses those of another network', () => {
    const gates = [{ name: 'a', rowShape: [1000], start: 0, units: 1000, pieces: 2 }];
    const layout = { gates, units: 1000 };
    const dictionary = createPatternDictionary(layout, { seed: 1 });
    for (let unit = 0; unit < 1000; unit += 1) {
      const selections = new Uint16Array(1000);
      selections[unit] = 1;
      dictionary.add(packPattern(layout, selections));
    }
    expect(dictionary.distinct).toBe(1000);
    const other = expect.objectContaining({ code: 'shape-mismatch' });
    expect(() => dictionary.add(new Uint8Array(124))).toThrow(other);
    expect(() => unpackPattern(layout, new Uint8Array(124))).toThrow(other);
    expect(() => createFiringRates(layout).add(new Uint16Array(999))).toThrow(other);
  });
});

describe('firing rates', () => {
  it('count per unit, and their float units are those of the comparison', () => {
    fc.assert(
      fc.property(streams, ({ layout, selections }) => {
        const rates = createFiringRates(layout);
        expect(rates.rates().every((rate) => rate === 0)).toBe(true);
        for (const of of selections) rates.add(of);
        rates.rates().forEach((rate, unit) => {
          const count = selections.filter((of) => of[unit] !== 0).length;
          expect(rate).toBe(count / selections.length);
        });
        const compared = compareSelections(selections as [Uint16Array, Uint16Array]);
        expect(rates.float).toEqual(compared.float);
      }),
    );
  });

  it.each([referenceEngine(), ortNode()])('are counted in the graph on $name', async (engine) => {
    await fc.assert(
      fc.asyncProperty(networkCases(), async ({ network, point, points }) => {
        const analysis = analyze(network);
        await using counter = await createFiringCounter(engine, analysis);
        await counter.add(points(0, 3));
        await counter.add(points(3, 2));
        const rates = createFiringRates(analysis.layout);
        for (let i = 0; i < 5; i += 1) rates.add(selectionsAt(analysis, point(i)));
        expect(counter.rates.inputs).toBe(5);
        expect(counter.rates.fired).toEqual(rates.fired);
        expect(counter.rates.float).toEqual(rates.float);
      }),
      { numRuns: 60 },
    );
  });
});
