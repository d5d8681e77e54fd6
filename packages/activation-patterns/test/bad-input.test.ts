import { float32Tensor, type ErrorCode, type Float32Tensor, type Network } from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { describe, expect, it } from 'vitest';
import {
  analyze,
  ballRegion,
  bracketOf,
  compareSelections,
  createFiringCounter,
  createFiringRates,
  createObserver,
  createPatternDictionary,
  createPatternHasher,
  packPattern,
  patternDiff,
  patternDistance,
  planeThrough,
  prepareBounds,
  proveFixed,
  proveRegion,
  sampleFlips,
  segmentBetween,
  selectionsAt,
  unionOfUnits,
  unpackPattern,
  type Analysis,
  type Ball,
  type SampleOptions,
} from '../src/index.js';

/** relu(x0), relu(x1), relu(x0 + x1), ... : `units` units. */
function networkOf(units: number): Analysis {
  const network: Network = {
    name: `of ${units}`,
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
    outputs: [{ name: 'h', dtype: 'float32', shape: ['batch', units] }],
    nodes: [
      { name: 'affine', op: 'MatMul', inputs: ['x', 'W'], outputs: ['z'], attributes: {} },
      { name: 'relu', op: 'Relu', inputs: ['z'], outputs: ['h'], attributes: {} },
    ],
    constants: new Map([
      [
        'W',
        float32Tensor(
          [2, units],
          Array.from({ length: 2 * units }, (_, i) => (i % 3) - 1),
        ),
      ],
    ]),
  };
  return analyze(network);
}

const small = networkOf(3);
const large = networkOf(20);
const x = float32Tensor([1, 2], [0.25, 0.75]);
const coded = (code: ErrorCode): unknown => expect.objectContaining({ code });

describe('a pattern of another network is refused', () => {
  const own = packPattern(small.layout, selectionsAt(small, x));
  const selections = selectionsAt(large, x);
  const other = packPattern(large.layout, selections);
  it.each<readonly [string, () => unknown]>([
    ['packPattern', () => packPattern(small.layout, selections)],
    ['unpackPattern', () => unpackPattern(small.layout, other)],
    ['patternDistance', () => patternDistance(small.layout, own, other)],
    ['patternDiff', () => patternDiff(small.layout, own, other)],
    ['unionOfUnits', () => unionOfUnits([new Uint8Array(3), new Uint8Array(20)])],
    ['compareSelections', () => compareSelections([selectionsAt(small, x), selections])],
    ['dictionary', () => createPatternDictionary(small.layout, { seed: 0 }).add(other)],
    ['firing rates', () => createFiringRates(small.layout).add(selections)],
    [
      'bracketOf',
      () => bracketOf(small.layout, { proof: proveFixed(large, x, { norm: 'linf', radius: 0 }) }),
    ],
  ])('by %s', (_, use) => {
    expect(use).toThrow(coded('shape-mismatch'));
  });
});

describe('observing on an engine', () => {
  const inputs: readonly (readonly [string, Float32Tensor, ErrorCode])[] = [
    ['of another shape', float32Tensor([2, 3]), 'shape-mismatch'],
    ['with NaN', float32Tensor([2, 2], [0, 1, Number.NaN, 0]), 'not-finite'],
    ['with infinity', float32Tensor([2, 2], [0, 1, 0, -Infinity]), 'not-finite'],
  ];

  it.each(inputs)('refuses inputs %s', async (_, batch, code) => {
    await using observer = await createObserver(referenceEngine(), small);
    await expect(observer.observe(batch)).rejects.toThrow(coded(code));
    await using counter = await createFiringCounter(referenceEngine(), small);
    await expect(counter.add(batch)).rejects.toThrow(coded(code));
    expect(counter.rates.inputs).toBe(0);
    await using hasher = await createPatternHasher(referenceEngine(), small, { seed: 0 });
    await expect(hasher.hash(batch)).rejects.toThrow(coded(code));
    expect(() => hasher.keyOf(selectionsAt(large, x))).toThrow(coded('shape-mismatch'));
  });
});

describe.each(['linf', 'l2', 'l1'] as const)('in %s', (norm) => {
  const options: SampleOptions = {
    ...{ draws: 8, batchSize: 4, alpha: 0.01, seed: 0, image: 0 },
    purpose: 'anchor',
  };

  it('a ball whose center is outside the input bounds is refused', async () => {
    const ball: Ball = { norm, radius: 0.1, bounds: [0.5, 1] };
    const refused = coded('invalid-argument');
    expect(() => proveFixed(small, x, ball)).toThrow(refused);
    expect(() => ballRegion(small, x, ball)).toThrow(refused);
    await using observer = await createObserver(referenceEngine(), small);
    await expect(sampleFlips(small, observer, x, ball, options)).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });

  it('a radius of 0 is one point: every unit is proved fixed, no draw flips one', async () => {
    const ball: Ball = { norm, radius: 0, bounds: [0, 1] };
    const prepared = prepareBounds(large);
    for (const method of ['interval', 'crown', 'alpha-crown'] as const) {
      const proof = proveRegion(prepared, ballRegion(large, x, ball), { method });
      expect(proof.undecided).toBe(0);
      expect(proof.selections).toEqual(selectionsAt(large, x));
    }
    await using observer = await createObserver(referenceEngine(), large);
    const { flips } = await sampleFlips(large, observer, x, ball, options);
    expect(flips.every((count) => count === 0)).toBe(true);
  });
});

it('coinciding points have a segment without crossings, and no plane', () => {
  const segment = segmentBetween(large, x, x);
  expect(segment.crossings).toEqual([]);
  expect(segment.float.every((mark) => mark === 0)).toBe(true);
  expect(segment.selections).toEqual(selectionsAt(large, x));
  expect(compareSelections([segment.selections, selectionsAt(large, x)]).float).toEqual(
    segment.float,
  );
  expect(() => planeThrough(large, [x, x, x])).toThrow(coded('invalid-argument'));
});
