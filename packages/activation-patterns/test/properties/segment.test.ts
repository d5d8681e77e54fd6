import {
  float64Tensor,
  int64Tensor,
  type Float32Tensor,
  type Network,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  analyze,
  compareSelections,
  segmentBetween,
  selectionsAt,
  type Analysis,
} from '../../src/index.js';
import { Ambiguous, bisectCrossings, merged, type OracleCrossing } from '../bisection.js';

async function oracle(
  analysis: Analysis,
  x: Float32Tensor,
  end: Float32Tensor,
): Promise<OracleCrossing[]> {
  try {
    return await bisectCrossings(analysis, x, end);
  } catch (error) {
    if (error instanceof Ambiguous) fc.pre(false);
    throw error;
  }
}

describe('segment crossings', () => {
  it('are those that bisection finds', async () => {
    let crossings = 0;
    await fc.assert(
      fc.asyncProperty(networkCases(), async ({ network, point }) => {
        const analysis = analyze(network);
        const expected = merged(await oracle(analysis, point(0), point(1)));
        const got = merged(segmentBetween(analysis, point(0), point(1)).crossings);
        expect(got.map(({ unit, from, to }) => [unit, from, to])).toEqual(
          expected.map(({ unit, from, to }) => [unit, from, to]),
        );
        // The oracle stops at intervals of 2^-28 = 4e-9.
        got.forEach(({ t }, i) =>
          expect(Math.abs(t - (expected[i]?.t as number))).toBeLessThan(4e-9),
        );
        crossings += got.length;
      }),
      { numRuns: 80 },
    );
    expect(crossings).toBeGreaterThan(160);
  });

  it('catch a crossing that is taken away (positive control of the oracle)', async () => {
    let caught = 0;
    for (const { network, point } of fc.sample(networkCases('mlp'), { numRuns: 20, seed: 5 })) {
      const analysis = analyze(network);
      const { crossings } = segmentBetween(analysis, point(0), point(1));
      if (crossings.length === 0) continue;
      const expected = await bisectCrossings(analysis, point(0), point(1)).catch(() => undefined);
      if (expected && merged(crossings.slice(1)).length !== merged(expected).length) caught += 1;
    }
    expect(caught).toBeGreaterThan(5);
  });

  it('end at the selections and logits of direct evaluations', async () => {
    await fc.assert(
      fc.asyncProperty(networkCases(), async ({ network, point, points }) => {
        const analysis = analyze(network);
        const segment = segmentBetween(analysis, point(0), point(1));
        expect(segment.selections).toEqual(selectionsAt(analysis, point(0)));
        expect(segment.endSelections).toEqual(selectionsAt(analysis, point(1)));
        const compared = compareSelections([segment.selections, segment.endSelections]);
        compared.float.forEach((mark, unit) =>
          expect(segment.float[unit]).toBeGreaterThanOrEqual(mark),
        );
        await using kernel = await referenceEngine().load(analysis.network);
        const logits = (await kernel.run({ x: points(0, 2) }))[analysis.logits]
          ?.data as Float64Array;
        expect([...segment.logits.start, ...segment.logits.end]).toEqual([...logits]);
        // Values are below 1e4 and some hundred roundings meet: 1e4 * 500 * 2^-53.
        expect(segment.residual).toBeLessThan(1e-9);
      }),
    );
  });

  it('are mirrored when the segment is walked backward', () => {
    fc.assert(
      fc.property(networkCases('dag'), ({ network, point }) => {
        const analysis = analyze(network);
        const there = segmentBetween(analysis, point(0), point(1));
        const back = segmentBetween(analysis, point(1), point(0));
        const inner = (t: number): boolean => t > 1e-9 && t < 1 - 1e-9;
        expect(back.crossings.filter(({ t }) => inner(t)).length).toBe(
          there.crossings.filter(({ t }) => inner(t)).length,
        );
      }),
    );
  });
});

/** One ReLU after z = weight . x + bias, one row of weights per unit. */
function layer(weights: readonly (readonly number[])[], bias: readonly number[]): Network {
  const [first = []] = weights;
  return {
    name: 'layer',
    inputs: [{ name: 'x', dtype: 'float64', shape: ['batch', first.length] }],
    outputs: [{ name: 'h', dtype: 'float64', shape: ['batch', weights.length] }],
    nodes: [
      {
        name: 'fc',
        op: 'Gemm',
        inputs: ['x', 'w', 'b'],
        outputs: ['z'],
        attributes: { transB: 1 },
      },
      { name: 'gate', op: 'Relu', inputs: ['z'], outputs: ['h'], attributes: {} },
    ],
    constants: new Map([
      ['w', float64Tensor([weights.length, first.length], weights.flat())],
      ['b', float64Tensor([weights.length], bias)],
    ]),
  };
}

/** |x| - 1/2 through two gates, then a third gate: touches and plateaus of the last one. */
function tent(bias: number, gains: readonly [number, number]): Network {
  const inner = layer([[1], [-1]], [0, 0]);
  return {
    ...inner,
    outputs: [{ name: 'top', dtype: 'float64', shape: ['batch', 1] }],
    nodes: [
      ...inner.nodes,
      { name: 'fc2', op: 'Gemm', inputs: ['h', 'w2', 'b2'], outputs: ['z2'], attributes: {} },
      { name: 'gate2', op: 'Relu', inputs: ['z2'], outputs: ['top'], attributes: {} },
    ],
    constants: new Map([
      ...inner.constants,
      ['w2', float64Tensor([2, 1], gains)],
      ['b2', float64Tensor([1], [bias])],
    ]),
  };
}

describe('ties on a segment', () => {
  const at = (value: number): ReturnType<typeof float64Tensor> => float64Tensor([1, 1], [value]);
  const of = (network: Network, from: number, to: number): [number, number, number, number][] =>
    segmentBetween(analyze(network), at(from), at(to)).crossings.map(
      ({ t, unit, from: a, to: b }) => [t, unit, a, b],
    );

  it('a touch from above is not a flip', () => {
    // z2 = |x| touches 0 at x = 0 and comes back.
    expect(of(tent(0, [1, 1]), -1, 1).filter(([, unit]) => unit === 2)).toEqual([]);
  });

  it('a touch from below is not a flip', () => {
    expect(of(tent(0, [-1, -1]), -1, 1).filter(([, unit]) => unit === 2)).toEqual([]);
  });

  it('z = 0 on a whole interval is inactive', () => {
    // z2 = max(x, 0): positive, then exactly 0 from x = 0 on.
    expect(of(tent(0, [1, 0]), 1, -1).filter(([, unit]) => unit === 2)).toEqual([[0.5, 2, 1, 0]]);
  });

  it('a start on the breakpoint is inactive there and active after', () => {
    expect(of(layer([[1]], [0]), 0, 1)).toEqual([[0, 0, 0, 1]]);
  });

  it('an end on the breakpoint is inactive there', () => {
    expect(of(layer([[1]], [0]), 1, 0)).toEqual([[1, 0, 1, 0]]);
  });

  it('a segment of no length has no crossings', () => {
    expect(of(tent(-0.5, [1, 1]), 0.25, 0.25)).toEqual([]);
  });

  it('all crossings of one unit are found', () => {
    // z2 = |x| - 1/2 on [-1, 1]: down at -1/2, up at 1/2.
    expect(of(tent(-0.5, [1, 1]), -1, 1).filter(([, unit]) => unit === 2)).toEqual([
      [0.25, 2, 1, 0],
      [0.75, 2, 0, 1],
    ]);
  });
});

/** Rows of weights on (relu(x), relu(-x)), and a bias, for every value that a last gate looks at. */
interface Seen {
  readonly weights: readonly (readonly [number, number])[];
  readonly bias: readonly number[];
}

function under(last: Pick<NetworkNode, 'op' | 'inputs' | 'attributes'>, seen: Seen): Network {
  const inner = layer([[1], [-1]], [0, 0]);
  const values = seen.weights.length;
  const units = last.op === 'ReduceMax' || last.op === 'ReduceMin' ? 1 : values;
  return {
    ...inner,
    outputs: [{ name: 'top', dtype: 'float64', shape: ['batch', units] }],
    nodes: [
      ...inner.nodes,
      {
        name: 'fc2',
        op: 'Gemm',
        inputs: ['h', 'w2', 'b2'],
        outputs: ['z2'],
        attributes: { transB: 1 },
      },
      { name: 'top', outputs: ['top'], ...last },
    ],
    constants: new Map<string, Tensor>([
      ...inner.constants,
      ['w2', float64Tensor([values, 2], seen.weights.flat())],
      ['b2', float64Tensor([values], seen.bias)],
      ['axis', int64Tensor([1], [1])],
      ['low', float64Tensor([], [0])],
      ['high', float64Tensor([], [1])],
    ]),
  };
}

const best = { op: 'ReduceMax', inputs: ['z2', 'axis'], attributes: {} };
const least = { op: 'ReduceMin', inputs: ['z2', 'axis'], attributes: {} };
const clipped = { op: 'Clip', inputs: ['z2', 'low', 'high'], attributes: {} };
const [x, minus, zero, size] = [
  [1, -1],
  [-1, 1],
  [0, 0],
  [1, 1],
] as const;
const negative = [-1, -1] as const;

describe.each([
  [
    'the winner changes where candidates meet',
    best,
    { weights: [x, minus], bias: [0, 0] },
    -1,
    1,
    [[0.5, 1, 0]],
  ],
  [
    'the loser changes where candidates meet',
    least,
    { weights: [x, minus], bias: [0, 0] },
    -1,
    1,
    [[0.5, 0, 1]],
  ],
  ['equal candidates leave the first', best, { weights: [x, x], bias: [0, 0] }, -1, 1, []],
  [
    'a candidate that touches the winner never wins',
    best,
    { weights: [negative, zero], bias: [0, 0] },
    -1,
    1,
    [],
  ],
  ['nor does a later one', best, { weights: [zero, negative], bias: [0, 0] }, -1, 1, []],
  [
    'a tie on a whole interval goes to the first',
    best,
    { weights: [zero, [1, 0]], bias: [0, 0] },
    1,
    -1,
    [[0.5, 1, 0]],
  ],
  ['whatever it was before', best, { weights: [[1, 0], zero], bias: [0, 0] }, 1, -1, []],
  [
    'three candidates that meet at one place change once',
    best,
    { weights: [zero, x, [2, -2]], bias: [0, 0, 0] },
    -1,
    1,
    [[0.5, 0, 2]],
  ],
  [
    'three that meet at two places change twice',
    best,
    { weights: [minus, zero, x], bias: [0, 0.5, 0] },
    -1,
    1,
    [
      [0.25, 0, 1],
      [0.75, 1, 2],
    ],
  ],
  [
    'a start on a tie is the first there',
    best,
    { weights: [x, minus], bias: [0, 0] },
    0,
    -1,
    [[0, 0, 1]],
  ],
  [
    'an end on a tie is the first there',
    best,
    { weights: [x, minus], bias: [0, 0] },
    -1,
    0,
    [[1, 1, 0]],
  ],
  [
    'a ramp is passed piece by piece',
    clipped,
    { weights: [x], bias: [0] },
    -1,
    3,
    [
      [0.25, 0, 1],
      [0.5, 1, 2],
    ],
  ],
  [
    'z = high on a whole interval is high',
    clipped,
    { weights: [[0, -1]], bias: [1] },
    -0.5,
    0.5,
    [[0.5, 1, 2]],
  ],
  [
    'z = low on a whole interval is low',
    clipped,
    { weights: [[1, 0]], bias: [0] },
    0.5,
    -0.5,
    [[0.5, 1, 0]],
  ],
  ['a touch of low from within is no flip', clipped, { weights: [size], bias: [0] }, -0.5, 0.5, []],
  [
    'a touch of high from within is no flip',
    clipped,
    { weights: [negative], bias: [1] },
    -0.5,
    0.5,
    [],
  ],
] as const)('%s', (_, last, seen, from, to, expected) => {
  it('on the segment', () => {
    const analysis = analyze(under(last, seen));
    const at = (value: number): ReturnType<typeof float64Tensor> => float64Tensor([1, 1], [value]);
    const { crossings } = segmentBetween(analysis, at(from), at(to));
    const top = crossings.filter(({ unit }) => unit >= 2);
    expect(top.map(({ t, from: a, to: b }) => [t, a, b])).toEqual(expected);
  });
});

it('candidates that gates on the input itself leave tied are tied, whatever the walk rounds', () => {
  // relu of two pixels, then the least: 0.7 - 1.3 t reaches 0 at t = 7/13, the other is 0 all along.
  const network: Network = {
    name: 'pixels',
    inputs: [{ name: 'x', dtype: 'float64', shape: ['batch', 3] }],
    outputs: [{ name: 'y', dtype: 'float64', shape: ['batch', 1] }],
    nodes: [
      { name: 'gate', op: 'Relu', inputs: ['x'], outputs: ['h'], attributes: {} },
      { name: 'least', op: 'ReduceMin', inputs: ['h', 'axis'], outputs: ['y'], attributes: {} },
    ],
    constants: new Map([['axis', int64Tensor([1], [1])]]),
  };
  const analysis = analyze(network);
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (a, b) => {
        const [x0, x1] = [
          [-1, a, b],
          [-1, -b, -a],
        ].map((row) => float64Tensor([1, 3], row));
        const { crossings } = segmentBetween(analysis, x0 as Tensor, x1 as Tensor);
        expect(crossings.filter(({ unit }) => unit === 3)).toEqual([]);
      },
    ),
  );
});
