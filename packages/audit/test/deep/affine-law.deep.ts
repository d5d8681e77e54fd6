import { existsSync } from 'node:fs';
import {
  analyze,
  ballRegion,
  prepareBounds,
  proveFixed,
  proveRegion,
  type Analysis,
  type Ball,
  type Proof,
} from '@floatpath/activation-patterns';
import {
  fillUniform,
  float64Tensor,
  FloatpathError,
  sizeOf,
  type Engine,
  type Float64Tensor,
} from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { finalSoftmax, readOnnx } from '@floatpath/model-io';
import {
  createDecomposer,
  provedNeighborhood,
  type DecomposedRow,
  type Neighborhood,
} from '@floatpath/path-decomp';
import { expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import { engine as onRuntime } from '../tiny.js';
import { bytesOf, networksFolder, piecewiseLinearFiles } from './proof-networks.js';

const SEED = 13;
/** Larger networks are proved by intervals alone. */
const MOST_CROWN = 7000;
/** From point to point of the line; a power of 2, so that its points are float32 numbers. */
const STEP = 2 ** -6;
/** Of the center's coordinates, likewise. */
const GRID = 2 ** 12;

const engines = [
  { name: 'float64', engine: referenceEngine(), precision: 'float64' },
  { name: 'float32', engine: onRuntime, precision: 'float32' },
] as const;

/** Second differences along the line, the largest as a share of what roundoff can make of them. */
interface Bend {
  readonly fixed: number;
  readonly float: number;
  /** Of fixed, with every unit called fixed: a wrong mask wherever one switches. */
  readonly control: number;
}

interface Row {
  readonly file: string;
  readonly left?: string;
  readonly units?: number;
  readonly undecided?: number;
  readonly method?: 'interval' | 'crown';
  readonly float64?: Bend;
  readonly float32?: Bend;
}

/** x + s STEP d for s = -1, 0, 1, 2, d a vector of signs. */
function lineThrough({ inputShape, batched }: Analysis): { x: Float64Tensor; line: Float64Tensor } {
  const draw = (at: number): Float64Array => {
    const values = new Float64Array(sizeOf(inputShape));
    fillUniform(values, { seed: SEED, purpose: 'calibration', image: 0, draw: at });
    return values;
  };
  const x = draw(0).map((u) => Math.round(u * GRID) / GRID);
  const signs = draw(1).map((u) => (u < 0.5 ? -1 : 1));
  const data = Float64Array.from(
    [-1, 0, 1, 2].flatMap((s) => [...x.map((v, i) => v + s * STEP * (signs[i] as number))]),
  );
  const [first = 1, ...rest] = inputShape;
  return {
    x: float64Tensor(inputShape, x),
    line: float64Tensor(batched ? [4, ...rest] : [4 * first, ...rest], data),
  };
}

function proved(
  analysis: Analysis,
  x: Float64Tensor,
  ball: Ball,
): { proof: Proof; method: 'interval' | 'crown' } {
  if (analysis.layout.units > MOST_CROWN)
    return { proof: proveFixed(analysis, x, ball), method: 'interval' };
  const region = ballRegion(analysis, x, ball);
  return {
    proof: proveRegion(prepareBounds(analysis), region, { method: 'crown' }),
    method: 'crown',
  };
}

function largestBend(rows: readonly DecomposedRow[], part: 'fixed' | 'float'): number {
  const limit = 4 * Math.max(...rows.map(({ tolerance }) => tolerance));
  const value = (row: number, j: number): number => rows[row]?.[part][j] as number;
  const bends = Array.from(rows[0]?.[part] ?? [], (_, j) =>
    Math.max(...[0, 1].map((k) => Math.abs(value(k, j) - 2 * value(k + 1, j) + value(k + 2, j)))),
  );
  const most = Math.max(...bends);
  return most === 0 ? 0 : most / limit;
}

async function bendOf(
  engine: Engine,
  precision: 'float64' | 'float32',
  analysis: Analysis,
  line: Float64Tensor,
  ball: Neighborhood,
): Promise<Bend> {
  // Fixed units read their own z, so that the sum law holds whatever the mask is: only this law sees a wrong one.
  const options = { selection: 'own', precision, batchSize: 4 } as const;
  await using decomposer = await createDecomposer(engine, analysis, options);
  const rows = await decomposer.decompose(line, [ball, ball, ball, ball]);
  const wrong = { ...ball, float: new Uint8Array(analysis.layout.units) };
  const bent = await decomposer.decompose(line, [wrong, wrong, wrong, wrong]);
  return {
    fixed: largestBend(rows, 'fixed'),
    float: largestBend(rows, 'float'),
    control: largestBend(bent, 'fixed'),
  };
}

async function rowOf(file: string): Promise<Row> {
  const read = readOnnx(bytesOf(file));
  const analysis = analyze(finalSoftmax(read)?.network ?? read);
  const { x, line } = lineThrough(analysis);
  // Wider than the line by what rounds.
  const { proof, method } = proved(analysis, x, { norm: 'linf', radius: 2 * STEP * (1 + 1e-9) });
  const ball = provedNeighborhood(proof);
  const bends: Record<string, Bend> = {};
  for (const { name, engine, precision } of engines) {
    bends[name] = await bendOf(engine, precision, analysis, line, ball);
  }
  return { file, units: analysis.layout.units, undecided: proof.undecided, method, ...bends };
}

test.skipIf(!existsSync(networksFolder))(
  'fixed is affine over a ball on which fixedness is proved, on the piecewise-linear networks of the set (skipped without ../shared)',
  async () => {
    const rows: Row[] = [];
    for (const file of piecewiseLinearFiles()) {
      try {
        rows.push(await rowOf(file));
      } catch (error) {
        if (!(error instanceof FloatpathError)) throw error;
        rows.push({ file, left: error.message });
      }
      process.stderr.write(`${JSON.stringify(rows.at(-1))}\n`);
    }
    const checked = rows.filter(({ left }) => left === undefined);
    const bends = (key: keyof Bend): number[] =>
      checked.flatMap(({ float64, float32 }) => [float64?.[key] ?? 0, float32?.[key] ?? 0]);
    const seen = checked.filter(({ float64 }) => (float64?.control ?? 0) > 1).length;
    writeEvidence('affine-law', {
      claim:
        'Along lines in balls on which fixed units are proved, second differences of the fixed part are 0 within roundoff, on the reference and on ONNX Runtime: shares of 4 * 16 L u s; `control` calls undecided units fixed, and bends the fixed part wherever one of them switches.',
      command: 'npm run test:deep -- packages/audit/test/deep/affine-law.deep.ts',
      seed: SEED,
      numbers: {
        radius: 2 * STEP,
        networks: rows.length,
        checked: checked.length,
        worst: Math.max(...bends('fixed')),
        networksWhereFloatIsCurved: checked.filter(({ float64 }) => (float64?.float ?? 0) > 1)
          .length,
        networksWhereTheControlIsCaught: seen,
        rows,
      },
    });
    for (const row of checked) {
      expect(row.float64?.fixed, row.file).toBeLessThanOrEqual(1);
      expect(row.float32?.fixed, row.file).toBeLessThanOrEqual(1);
    }
    expect(seen).toBeGreaterThan(20);
    // Those of several inputs are refused.
    expect(rows.filter(({ left }) => left !== undefined)).toHaveLength(4);
  },
);
