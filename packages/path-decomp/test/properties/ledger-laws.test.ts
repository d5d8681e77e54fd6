import { numbersOf, type Tensor } from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import {
  analyze,
  compareSelections,
  proveFixed,
  segmentBetween,
  selectionsAt,
  type Analysis,
} from '@floatpath/activation-patterns';
import { networkCases, type NetworkCase } from '@floatpath/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attribute,
  createDecomposer,
  kinkList,
  marginLedger,
  preparePaths,
  provedNeighborhood,
  rowSum,
  type DecomposedRow,
  type Neighborhood,
} from '../../src/index.js';

const options = { selection: 'recorded', precision: 'float64', batchSize: 4 } as const;

const classesOf = (analysis: Analysis): number => preparePaths(analysis).classes;

/** Both points through the split's own recurrences: an independent way to both parts, with its tolerance. */
async function split(
  analysis: Analysis,
  { points }: NetworkCase,
  neighborhood: Neighborhood,
): Promise<readonly [DecomposedRow, DecomposedRow, number]> {
  await using decomposer = await createDecomposer(referenceEngine(), analysis, options);
  const rows = await decomposer.decompose(points(0, 2), [neighborhood, neighborhood]);
  const [a, b] = rows as [DecomposedRow, DecomposedRow];
  // Two logits at two points.
  return [a, b, 4 * Math.max(a.tolerance, b.tolerance)];
}

/** Every kind of evidence that the second point is in reach of. */
function neighborhoods(analysis: Analysis, x: Tensor, end: Tensor): Neighborhood[] {
  const radius = Math.max(
    ...numbersOf(x).map((v, i) => Math.abs(v - (numbersOf(end)[i] as number))),
  );
  return [
    segmentBetween(analysis, x, end),
    compareSelections([selectionsAt(analysis, x), selectionsAt(analysis, end)]),
    provedNeighborhood(proveFixed(analysis, x, { norm: 'linf', radius })),
  ];
}

const drop = (a: Float64Array, b: Float64Array, label: number, rival: number): number =>
  (a[label] as number) - (a[rival] as number) - ((b[label] as number) - (b[rival] as number));

describe('the margin ledger', () => {
  it('adds up to the drop for segments, comparisons and proofs, part by part', async () => {
    let shares = 0;
    await fc.assert(
      fc.asyncProperty(networkCases(), async (test) => {
        const analysis = analyze(test.network);
        const paths = preparePaths(analysis);
        if (paths.classes < 2) return;
        const [x, adversarial] = [test.point(0), test.point(1)];
        for (const neighborhood of neighborhoods(analysis, x, adversarial)) {
          const ledger = marginLedger(paths, { x, adversarial, label: 0, neighborhood });
          const [a, b, tolerance] = await split(analysis, test, neighborhood);
          expect(ledger.residual).toBeLessThanOrEqual(tolerance);
          expect(ledger.rows.length).toBe(neighborhood.float.filter((mark) => mark === 1).length);
          const { rival } = ledger;
          const fixed = drop(a.fixed, b.fixed, 0, rival);
          const float = drop(a.float, b.float, 0, rival);
          const sum = ledger.rows.reduce((total, { share }) => total + share, 0);
          expect(Math.abs(ledger.fixed - fixed)).toBeLessThanOrEqual(tolerance);
          expect(Math.abs(sum - float)).toBeLessThanOrEqual(tolerance);
          shares += ledger.rows.filter(({ share }) => share !== 0).length;
          // Whoever adds the printed rows finds the printed residual.
          const again = rowSum([ledger.fixed, ...ledger.rows.map((r) => r.share)], ledger.drop);
          expect(again.ulps).toBe(ledger.ulps);
        }
      }),
      { numRuns: 150 },
    );
    expect(shares).toBeGreaterThan(200);
  });

  it('is all zeros for a point and itself', () => {
    fc.assert(
      fc.property(networkCases(), ({ network, point }) => {
        const analysis = analyze(network);
        const paths = preparePaths(analysis);
        if (paths.classes < 2) return;
        const x = point(0);
        const neighborhood = segmentBetween(analysis, x, x);
        const ledger = marginLedger(paths, { x, adversarial: x, label: 1, neighborhood });
        expect([ledger.drop, Math.abs(ledger.fixed), ledger.residual, ledger.ulps]).toEqual([
          0, 0, 0, 0,
        ]);
        expect(ledger.rows).toEqual([]);
        expect(kinkList(neighborhood, 1, 0)).toMatchObject({ rows: [], change: 0, residual: 0 });
      }),
      { numRuns: 60 },
    );
  });

  it('planted faults: a switched unit called fixed, and a weight off by a hundredth, are seen', async () => {
    let [refused, asked, seen, tampered] = [0, 0, 0, 0];
    await fc.assert(
      fc.asyncProperty(networkCases(), async (test) => {
        const analysis = analyze(test.network);
        const paths = preparePaths(analysis);
        if (paths.classes < 2) return;
        const [x, adversarial] = [test.point(0), test.point(1)];
        const segment = segmentBetween(analysis, x, adversarial);
        const switched = segment.selections.findIndex((s, u) => s !== segment.endSelections[u]);
        if (switched >= 0) {
          asked += 1;
          const float = segment.float.slice();
          float[switched] = 0;
          const wrong = { x, adversarial, label: 0, neighborhood: { ...segment, float } };
          expect(() => marginLedger(paths, wrong)).toThrow('inside the neighborhood');
          refused += 1;
        }
        const ledger = marginLedger(paths, { x, adversarial, label: 0, neighborhood: segment });
        const [, , tolerance] = await split(analysis, test, segment);
        const worst = [...ledger.rows].sort((a, b) => Math.abs(b.share) - Math.abs(a.share))[0];
        if (worst === undefined || Math.abs(worst.share) < 1e-6) return;
        tampered += 1;
        const rows = ledger.rows.map((row) => (row === worst ? 1.01 * row.share : row.share));
        if (rowSum([ledger.fixed, ...rows], ledger.drop).residual > tolerance) seen += 1;
      }),
      { numRuns: 100 },
    );
    expect([refused, seen]).toEqual([asked, tampered]);
    expect(asked).toBeGreaterThan(30);
    expect(tampered).toBeGreaterThan(30);
  });
});

describe('the kink list', () => {
  it('adds up to the change, with crossings in every row; a row left out is seen', async () => {
    let [rows, seen, left] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(networkCases(), async (test) => {
        const analysis = analyze(test.network);
        const classes = classesOf(analysis);
        if (classes < 2) return;
        const segment = segmentBetween(analysis, test.point(0), test.point(1));
        const list = kinkList(segment, 0, classes - 1);
        const [, , split4] = await split(analysis, test, segment);
        // One rounding of a slope change per kink, on top of the tolerance of the values.
        const tolerance =
          split4 +
          2 ** -52 * list.rows.length * Math.max(...list.rows.map((r) => Math.abs(r.effect)), 0);
        expect(list.residual).toBeLessThanOrEqual(tolerance);
        expect(list.rows.every(({ crossings }) => crossings.length > 0)).toBe(true);
        expect(list.rows.flatMap(({ crossings }) => crossings)).toEqual(segment.crossings);
        list.rows.slice(1).forEach(({ t }, k) => expect(t).toBeGreaterThan(list.rows[k]?.t ?? 0));
        rows += list.rows.length;
        const largest = [...list.rows].sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))[0];
        if (largest === undefined || Math.abs(largest.effect) < 1e-6) return;
        left += 1;
        const others = list.rows.filter((row) => row !== largest).map(({ effect }) => effect);
        if (rowSum([list.start, ...others], list.change).residual > tolerance) seen += 1;
      }),
      { numRuns: 150 },
    );
    expect(seen).toBe(left);
    expect(left).toBeGreaterThan(50);
    expect(rows).toBeGreaterThan(300);
  });
});

describe('attributions', () => {
  it('are complete, and each part is the one of the split', async () => {
    let [both, seen] = [0, 0];
    await fc.assert(
      fc.asyncProperty(networkCases(), async (test) => {
        const analysis = analyze(test.network);
        const paths = preparePaths(analysis);
        const x = test.point(0);
        const neighborhood = {
          float: test.coins(1, analysis.layout.units),
          selections: selectionsAt(analysis, x),
        };
        const [a, , tolerance] = await split(analysis, test, neighborhood);
        const cotangent = Float64Array.from({ length: paths.classes }, (_, j) => (j === 0 ? 1 : 0));
        const found = attribute(paths, x, neighborhood, cotangent);
        expect(found.residual).toBeLessThanOrEqual(tolerance);
        const total = ({ input, constant }: typeof found.fixed): number =>
          input.reduce((sum, v) => sum + v, constant);
        expect(Math.abs(total(found.fixed) - (a.fixed[0] as number))).toBeLessThanOrEqual(
          tolerance,
        );
        expect(Math.abs(total(found.float) - (a.float[0] as number))).toBeLessThanOrEqual(
          tolerance,
        );
        if (Math.abs(a.float[0] as number) > 1e-3 && Math.abs(a.fixed[0] as number) > 1e-3)
          both += 1;
        // Control: a constant left out is missed.
        if (Math.abs(found.fixed.constant) > 1e-3) {
          const without = [...found.fixed.input, ...found.float.input, found.float.constant];
          expect(rowSum(without, found.value).residual).toBeGreaterThan(tolerance);
          seen += 1;
        }
      }),
      { numRuns: 150 },
    );
    expect(both).toBeGreaterThan(20);
    expect(seen).toBeGreaterThan(20);
  });
});
