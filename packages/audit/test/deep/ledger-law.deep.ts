import { existsSync } from 'node:fs';
import {
  fillUniform,
  float64Tensor,
  FloatpathError,
  sizeOf,
  type Float64Tensor,
  type Network,
} from '@floatpath/core';
import {
  analyze,
  compareSelections,
  segmentBetween,
  type Analysis,
} from '@floatpath/activation-patterns';
import { isBatched, referenceEngine } from '@floatpath/engine';
import { finalSoftmax, readOnnx } from '@floatpath/model-io';
import {
  attribute,
  createDecomposer,
  kinkList,
  marginLedger,
  preparePaths,
  type Neighborhood,
} from '@floatpath/path-decomp';
import { expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import { bytesOf, networksFolder, piecewiseLinearFiles } from './proof-networks.js';

const missing = !existsSync(networksFolder);
const SEED = 11;
/** Larger networks take the reference minutes per pass. */
const MOST_UNITS = 120_000;
/** Above this many units the pair is compared at its ends only: no crossings are looked for. */
const MOST_WALKED = 12_000;
/** How far the second point is from the first, in linf. */
const STEP = 0.1;

/** Two float32 points in [0, 1], each coordinate moved by up to STEP. */
function pairOf({ inputShape }: Analysis): readonly [Float64Tensor, Float64Tensor] {
  const draw = (at: number): Float64Array => {
    const values = new Float64Array(sizeOf(inputShape));
    fillUniform(values, { seed: SEED, purpose: 'calibration', image: 0, draw: at });
    return values;
  };
  const x = draw(0).map(Math.fround);
  const moved = draw(1).map((u, i) => Math.fround((x[i] as number) + STEP * (2 * u - 1)));
  return [float64Tensor(inputShape, x), float64Tensor(inputShape, moved)];
}

interface Row {
  readonly file: string;
  readonly units?: number;
  readonly float?: number;
  readonly evidence?: 'segment' | 'compared';
  /** Residuals as shares of 16 L u s, two logits at two points, and in ulps of the rows' size. */
  readonly ledger?: { readonly ofTolerance: number; readonly ulps: number };
  readonly kinks?: { readonly ofTolerance: number; readonly ulps: number; readonly rows: number };
  readonly attribution?: { readonly ofTolerance: number; readonly ulps: number };
  readonly left?: string;
}

async function rowOf(file: string): Promise<Row> {
  const read = readOnnx(bytesOf(file));
  const network: Network = finalSoftmax(read)?.network ?? read;
  const analysis = analyze(network);
  const { units } = analysis.layout;
  if (units > MOST_UNITS) return { file, units, left: `more than ${MOST_UNITS} units` };
  const [x, end] = pairOf(analysis);
  const paths = preparePaths(analysis);
  const [a, b] = [paths.at(x), paths.at(end)];
  const segment = units <= MOST_WALKED ? segmentBetween(analysis, x, end) : undefined;
  const neighborhood: Neighborhood = segment ?? compareSelections([a.selections, b.selections]);
  await using decomposer = await createDecomposer(referenceEngine(), analysis, {
    selection: 'recorded',
    precision: 'float64',
    batchSize: 1,
  });
  const batched = isBatched(network);
  const both = batched
    ? float64Tensor([2, ...analysis.inputShape.slice(1)], [...x.data, ...end.data])
    : x;
  const masks = batched ? [neighborhood, neighborhood] : [neighborhood];
  const limits = await decomposer.decompose(both, masks);
  const tolerance = 4 * Math.max(...limits.map((row) => row.tolerance));
  const share = ({ residual, ulps }: { residual: number; ulps: number }) => ({
    ofTolerance: residual === 0 ? 0 : residual / tolerance,
    ulps,
  });
  const cotangent = Float64Array.from({ length: paths.classes }, (_, j) => (j === 0 ? 1 : 0));
  const attribution = share(attribute(paths, x, neighborhood, cotangent));
  const float = neighborhood.float.reduce((sum, mark) => sum + mark, 0);
  const common = { file, units, float, attribution };
  if (paths.classes < 2) return { ...common, left: 'one output: no margin' };
  const ledger = marginLedger(paths, { x, adversarial: end, label: 0, neighborhood });
  const kinks = segment && kinkList(segment, 0, ledger.rival);
  return {
    ...common,
    evidence: segment ? 'segment' : 'compared',
    ledger: share(ledger),
    ...(kinks && { kinks: { ...share(kinks), rows: kinks.rows.length } }),
  };
}

test.skipIf(missing)(
  'ledgers, kink lists and attributions add up on the piecewise-linear Marabou, VNN-COMP and ERAN networks (skipped without ../shared)',
  async () => {
    const files = piecewiseLinearFiles();
    expect(files.length).toBe(88);
    const rows: Row[] = [];
    for (const file of files) {
      try {
        rows.push(await rowOf(file));
      } catch (error) {
        if (!(error instanceof FloatpathError)) throw error;
        rows.push({ file, left: error.message });
      }
    }
    const shares = (part: 'ledger' | 'kinks' | 'attribution'): number[] =>
      rows.flatMap((row) => (row[part] ? [row[part].ofTolerance] : []));
    writeEvidence('ledger-law', {
      claim:
        'fixed row + shares = drop, straight line + kinks = change, and attributions + constants = logit, on every piecewise-linear Marabou, VNN-COMP and ERAN network within reach; residuals as shares of 16 L u s and in ulps of the sum of |rows|',
      command: 'npm run test:deep -- ledger-law',
      seed: SEED,
      numbers: {
        networks: files.length,
        step: STEP,
        ledgers: shares('ledger').length,
        kinkLists: shares('kinks').length,
        attributions: shares('attribution').length,
        largestUlps: Math.max(...rows.flatMap((row) => (row.ledger ? [row.ledger.ulps] : []))),
        mostKinks: Math.max(...rows.map(({ kinks }) => kinks?.rows ?? 0)),
        worst: {
          ledger: Math.max(...shares('ledger')),
          kinks: Math.max(...shares('kinks')),
          attribution: Math.max(...shares('attribution')),
        },
        rows,
      },
    });
    for (const part of ['ledger', 'kinks', 'attribution'] as const) {
      expect(Math.max(...shares(part))).toBeLessThanOrEqual(1);
    }
    expect(shares('ledger').length).toBeGreaterThan(65);
  },
);
