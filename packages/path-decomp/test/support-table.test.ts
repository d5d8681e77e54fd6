import { createRequire } from 'node:module';
import {
  boolTensor,
  type FloatpathError,
  numbersOf,
  type Engine,
  type Feeds,
  type Tensor,
} from '@floatpath/core';
import { opOf, ops, referenceEngine, requirePiecewiseLinear } from '@floatpath/engine';
import { checkEngine, conformanceCases, type ConformanceCase } from '@floatpath/engine/conformance';
import { ortEngine, type OrtModule } from '@floatpath/engine/ort';
import { rowGatesOf } from '@floatpath/activation-patterns';
import { expect, test } from 'vitest';
import {
  createSumTolerance,
  floatInput,
  givenPartition,
  splitWithChannels,
  unitRoundoff,
} from '../src/index.js';
import { ortNode } from './ort.js';

/** apps/docs/ops.md is what these tests found: `npx vitest run packages/path-decomp/test/support-table.test.ts -u` writes it. */
const page = new URL('../../../apps/docs/ops.md', import.meta.url).pathname;

const require = createRequire(new URL('../../engine/package.json', import.meta.url));
const ortWeb = (): Engine => ortEngine(require('onnxruntime-web') as OrtModule, 'onnxruntime-web');

const engines = [
  { heading: 'reference', engine: referenceEngine(), precision: 'float64' },
  { heading: 'ONNX Runtime, Node', engine: ortNode(), precision: 'float32' },
  { heading: 'ONNX Runtime, wasm', engine: ortWeb(), precision: 'float32' },
] as const;

const cases = conformanceCases().filter(({ op }) => op !== 'network');

/** Whether path analysis takes the case; a refusal must name the node. */
function isTaken({ network }: ConformanceCase): boolean {
  try {
    requirePiecewiseLinear(network);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'not-piecewise-linear' });
    expect((error as FloatpathError).message).toContain('at node "node"');
    return false;
  }
}

/** The sum law on a case, with every second unit float. */
async function sumLawHolds(
  { network, feeds }: ConformanceCase,
  engine: Engine,
  precision: keyof typeof unitRoundoff,
): Promise<boolean> {
  const split = splitWithChannels(network, {
    partition: givenPartition(),
    selection: 'own',
    form: 'two-recurrences',
  });
  const rows = Object.values(feeds)[0]?.shape[0] ?? 1;
  const all: Record<string, Tensor> = { ...feeds };
  for (const gate of rowGatesOf(split.base)) {
    const shape = gate.outputShape.map((extent) => (extent === 'batch' ? rows : extent));
    const size = shape.reduce((product, extent) => product * extent, 1);
    all[floatInput(gate)] = boolTensor(
      shape,
      Uint8Array.from({ length: size }, (_, i) => i % 2),
    );
  }
  await using tolerance = await createSumTolerance(split, precision);
  await using kernel = await engine.load(split.network);
  const limit = Math.max(...(await tolerance.of(all as Feeds)));
  const fetches = await kernel.run(all);
  const [logits, fixed, float] = ['logits', 'fixed', 'float'].map((name) =>
    numbersOf(fetches[name] as Tensor),
  ) as [Float64Array, Float64Array, Float64Array];
  return logits.every((value, j) => {
    const residual = Math.abs((fixed[j] as number) + (float[j] as number) - value);
    // A gate alone has no affine op to take a tolerance from: two roundings of its own value.
    return residual <= limit + 2 * unitRoundoff[precision] * Math.abs(value);
  });
}

function pathAnalysis(type: string, taken: number, total: number): string {
  const op = opOf(type);
  if (op?.role === 'plumbing') return 'not on paths';
  if (taken === 0) return 'refused';
  const role = op?.role === 'gate' ? `gate, ${op.kind}` : 'affine';
  return taken === total ? role : `${role}; data-dependent forms refused`;
}

const line = (cells: readonly string[], widths: readonly number[]): string =>
  `| ${cells.map((cell, i) => cell.padEnd(widths[i] as number)).join(' | ')} |`;

function table(rows: readonly (readonly string[])[]): string {
  const [header = [], ...body] = rows;
  const widths = header.map((_, i) => Math.max(...rows.map((row) => (row[i] as string).length)));
  const rule = widths.map((width) => '-'.repeat(width));
  return [header, rule, ...body].map((row) => line(row, widths)).join('\n');
}

test('the table of ops in the docs is what the tests find', async () => {
  const results = await Promise.all(engines.map(({ engine }) => checkEngine(engine)));
  const rows: string[][] = [
    ['op', 'path analysis', 'gradient', ...engines.map(({ heading }) => heading), 'sum law'],
  ];
  for (const { type, backward } of ops) {
    const own = cases.filter(({ op }) => op === type);
    const taken = own.filter(isTaken);
    let held = 0;
    for (const each of taken) {
      const both = await Promise.all(
        engines.slice(0, 2).map(({ engine, precision }) => sumLawHolds(each, engine, precision)),
      );
      held += both.every(Boolean) ? 1 : 0;
    }
    rows.push([
      `\`${type}\``,
      pathAnalysis(type, taken.length, own.length),
      backward === undefined ? 'no' : 'yes',
      ...results.map((result) => {
        const mine = result.filter(({ op }) => op === type);
        return `${mine.filter(({ passed }) => passed).length} of ${mine.length}`;
      }),
      taken.length === 0 ? '' : `${held} of ${taken.length}`,
    ]);
    expect(held, type).toBe(taken.length);
  }
  const text = `# Ops

Written by the tests; every number is one that they found. An engine's column counts the cases of the op (attributes,
broadcasts, ties) on which it agrees with the float64 reference. The last column counts the cases on which the sums over
fixed and float paths add up to the output, in float64 and on ONNX Runtime. Gradients are compared with central
differences.

_affine_: linear in its data plus offsets. _gate_: selects an affine map; _elementwise_ by the size of one
pre-activation, _choice_ by which of several candidates wins. What path analysis refuses can still be attacked, smoothed
and certified. Ops outside this table run as an opaque classifier on the file's own bytes.

${table(rows)}
`;
  await expect(text).toMatchFileSnapshot(page);
});
