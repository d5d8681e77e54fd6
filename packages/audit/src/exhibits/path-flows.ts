import {
  float32Tensor,
  numbersOf,
  type Feeds,
  type Float32Tensor,
  type Tensor,
} from '@floatpath/core';
import type { Analysis } from '@floatpath/activation-patterns';
import { maskFeeds, type Neighborhood } from '@floatpath/path-decomp';
import { cellsOf, sumCells, type Cells } from './cells.js';
import type { ExhibitGate, Flow, FlowEnd } from './exhibit.js';
import type { FixedPaths, Weights } from './fixed-paths.js';
import { largestFlows, MOST_FLOWS } from './largest-flows.js';

/** A failure and the neighborhood that explains it. */
export interface FlowRequest {
  readonly x: Float32Tensor;
  readonly adversarial: Float32Tensor;
  readonly neighborhood: Neighborhood;
  readonly label: number;
  readonly rival: number;
}

/** Where the margin was lost: unit by unit, and between the cells of neighboring gates. */
export interface PathFlows {
  readonly gates: readonly ExhibitGate[];
  readonly flows: readonly Flow[];
}

/** What one value changed by from x to x', its two parts apart. */
interface Change {
  readonly fixed: Float64Array;
  readonly float: Float64Array;
}

/**
 * Accounts for the lost margin M(x) - M(x') along the paths of a failure. Every float path is counted at the last float unit on
 * it, from where it runs through fixed units only.
 */
export async function pathFlows(
  paths: FixedPaths,
  analysis: Analysis,
  request: FlowRequest,
): Promise<PathFlows> {
  const { x, adversarial, neighborhood, label, rival } = request;
  const masks = (rows: number): Feeds =>
    maskFeeds(
      analysis,
      Array.from({ length: rows }, () => neighborhood),
      'recorded',
    );
  const pair = float32Tensor(
    [2, ...analysis.inputShape.slice(1)],
    [...x.data, ...adversarial.data],
  );
  const input = lossOf(pair);
  const changes = (await paths.parts(pair, masks(2))).map(({ fixed, float }): Change => ({
    fixed: lossOf(fixed),
    float: lossOf(float),
  }));
  const margin = new Float32Array(paths.classes);
  margin[label] = 1;
  margin[rival] = -1;

  const toMargin: Float64Array[] = [];
  const gates: ExhibitGate[] = [];
  for (const [i, { name, rowShape, start, units }] of analysis.layout.gates.entries()) {
    const a = (await paths.toMargin[i]?.of([margin], masks)) ?? new Float64Array(units);
    const { fixed, float } = changes[i] as Change;
    const weigh = (v: number, unit: number): number => v * (a[unit] as number);
    toMargin.push(a);
    gates.push({
      name,
      rowShape,
      float: neighborhood.float.slice(start, start + units),
      fixedLoss: fixed.map(weigh),
      floatLoss: float.map(weigh),
    });
  }

  const flows: Flow[] = [];
  for (const weights of paths.between) {
    const { from, to } = weights;
    const targets: Target[] =
      to === 'margin'
        ? [{ end: { end: 'margin' }, cotangent: margin }]
        : strongestCells(to, gates[to] as ExhibitGate, toMargin[to] as Float64Array);
    const source: Source =
      from === 'input'
        ? {
            endOf: () => ({ end: 'input' }),
            cells: { count: 1, size: input.length, channels: 1, of: 'channel' },
            change: { fixed: input, float: new Float64Array(input.length) },
          }
        : {
            endOf: (cell) => ({ gate: from, cell }),
            cells: cellsOf((gates[from] as ExhibitGate).rowShape),
            change: changes[from] as Change,
          };
    flows.push(...largestFlows(await flowsBetween(weights, source, targets, masks)));
  }
  return { gates, flows };
}

interface Source {
  readonly endOf: (cell: number) => FlowEnd;
  readonly cells: Cells;
  readonly change: Change;
}

interface Target {
  readonly end: FlowEnd;
  readonly cotangent: Float32Array;
}

/** Row 0 minus row 1. */
function lossOf(both: Tensor): Float64Array {
  const values = numbersOf(both);
  const half = values.length / 2;
  return Float64Array.from(
    { length: half },
    (_, i) => (values[i] as number) - (values[half + i] as number),
  );
}

/** The cells of a gate that carry most through their fixed units, each with its weights to the margin. */
function strongestCells(
  gate: number,
  { rowShape, float, fixedLoss, floatLoss }: ExhibitGate,
  a: Float64Array,
): Target[] {
  const cells = cellsOf(rowShape);
  const fixedUnit = (unit: number): boolean => float[unit] === 0;
  const fixed = sumCells(cells, fixedLoss, fixedUnit);
  const passing = sumCells(cells, floatLoss, fixedUnit);
  const strength = (cell: number): number =>
    Math.abs(fixed[cell] as number) + Math.abs(passing[cell] as number);
  return Array.from(fixed, (_, cell) => cell)
    .filter((cell) => strength(cell) > 0)
    .sort((one, other) => strength(other) - strength(one) || one - other)
    .slice(0, MOST_FLOWS)
    .map((cell) => ({
      end: { gate, cell },
      cotangent: Float32Array.from(a, (weight, unit) =>
        fixedUnit(unit) && Math.floor(unit / cells.size) === cell ? weight : 0,
      ),
    }));
}

async function flowsBetween(
  weights: Weights,
  { endOf, cells, change }: Source,
  targets: readonly Target[],
  masks: (rows: number) => Feeds,
): Promise<Flow[]> {
  if (targets.length === 0) return [];
  const gradient = await weights.of(
    targets.map(({ cotangent }) => cotangent),
    masks,
  );
  const size = change.fixed.length;
  return targets.flatMap(({ end }, row) => {
    const weigh = (v: number, unit: number): number => v * (gradient[row * size + unit] as number);
    const fixed = sumCells(cells, change.fixed.map(weigh));
    const float = sumCells(cells, change.float.map(weigh));
    return Array.from(fixed, (value, cell) => ({
      from: endOf(cell),
      to: end,
      fixed: value,
      float: float[cell] as number,
    }));
  });
}
