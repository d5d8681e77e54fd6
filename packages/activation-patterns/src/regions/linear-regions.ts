import type { Float64Tensor } from '@floatpath/core';
import type {
  Analysis,
  AnalysisChoiceGate,
  AnalysisElementwiseGate,
  AnalysisStep,
} from '../analysis.js';
import { pieceAt } from '../selected.js';
import { nearestFirst } from './nearest-first.js';
import type { Plane, Point } from './plane.js';
import {
  centroid,
  distanceTo,
  isCut,
  split,
  valueAt,
  type LinearForm,
  type Polygon,
} from './polygon.js';
import {
  affineSheets,
  candidateForm,
  chosenSheet,
  formOf,
  selectedSheet,
  type Sheet,
} from './sheets.js';
import { winnersOn } from './winners.js';

/** A convex piece of the plane on which no selection changes, so that the network is affine there. */
export interface LinearRegion {
  readonly polygon: Polygon;
  /** From the start to the nearest point of the region, l2 in input units. */
  readonly distance: number;
  /** Of all units. */
  readonly selections: Uint16Array;
  /** Every logit as a function of the plane's coordinates. */
  readonly logits: readonly LinearForm[];
}

/**
 * The linear regions of a network on a convex window of a plane, one by one, the nearest to `start` first: the window is cut
 * along the kinks of every unit in turn, each on the pieces where the units before it select the same. On a plane, every
 * pattern has one convex region, so that regions and patterns are the same count. All in float64; a kink that only
 * touches a corner cuts nothing, z = 0 on a whole region is inactive, candidates equal on a whole region go to the first.
 *
 * Who stops after a region has all that are nearer. Cost: one forward pass of three rows per region and gate.
 *
 * @param start - in the plane's coordinates
 * @see Hanin, Rolnick 2019, Deep ReLU Networks Have Surprisingly Few Activation Patterns (convexity: Lemma 2)
 */
export function* linearRegions(
  analysis: Analysis,
  plane: Plane,
  window: Polygon,
  start: Point = [0, 0],
): Generator<LinearRegion, void> {
  const { layout, input, logits } = analysis;
  const lastUse = lastUses(analysis);
  const queue = nearestFirst<Piece>();
  const put = (piece: Piece): void => {
    queue.put(distanceTo(piece.polygon, start), piece);
  };
  put(
    upToGate(analysis, lastUse, {
      ...{ step: 0, polygon: window, lines: [], unit: 0 },
      sheets: new Map<string, Sheet>([[input, [plane.origin, plane.first, plane.second]]]),
      selections: new Uint16Array(layout.units),
    }),
  );
  for (let next = queue.take(); next !== undefined; next = queue.take()) {
    let piece: Piece = next.value;
    for (;;) {
      const step = analysis.steps[piece.step];
      if (step?.gate === undefined) {
        const sheet = piece.sheets.get(logits) as Sheet;
        const forms = Array.from((sheet[0] as Float64Tensor).data, (_, j) => formOf(sheet, j));
        const { polygon, selections } = piece;
        yield { polygon, distance: next.distance, selections, logits: forms };
        break;
      }
      const { gate } = step;
      const parts =
        gate.kind === 'choice'
          ? partsByWinners(gate, step, piece)
          : partsByKinks(gate, piece, start);
      const [only] = parts;
      if (only === undefined || parts.length > 1) {
        parts.forEach(put);
        break;
      }
      piece = upToGate(analysis, lastUse, beyondGate(step, gate, only));
    }
  }
}

/** A piece of the plane on which the units before those of `step` are settled, and some of them. */
interface Piece {
  readonly step: number;
  readonly polygon: Polygon;
  readonly sheets: ReadonlyMap<string, Sheet>;
  readonly selections: Uint16Array;
  /** Kinks of the gate that may still cut the piece, or the first unit of a choice gate that is not settled. */
  readonly lines: readonly LinearForm[];
  readonly unit: number;
}

/** The last step that reads each value. */
function lastUses({ steps, logits }: Analysis): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  steps.forEach(({ node }, s) => {
    for (const name of node.inputs) uses.set(name, s);
  });
  return uses.set(logits, steps.length);
}

/** Takes a piece over affine nodes; values that nothing reads later are dropped. */
function upToGate({ steps }: Analysis, lastUse: ReadonlyMap<string, number>, piece: Piece): Piece {
  const sheets = new Map(piece.sheets);
  let s = piece.step;
  for (; steps[s] !== undefined && steps[s]?.gate === undefined; s += 1) {
    const step = steps[s] as AnalysisStep;
    affineSheets(step, sheets).forEach((sheet, slot) => {
      sheets.set(step.outputs[slot] as string, sheet);
    });
  }
  for (const name of sheets.keys()) if ((lastUse.get(name) ?? -1) < s) sheets.delete(name);
  const gate = steps[s]?.gate;
  const lines =
    gate?.kind === 'elementwise' ? kinksOf(gate, preActivation(gate, sheets), piece.polygon) : [];
  return { ...piece, step: s, sheets, lines, unit: 0 };
}

const preActivation = (gate: AnalysisElementwiseGate, sheets: ReadonlyMap<string, Sheet>): Sheet =>
  sheets.get(gate.inputs[0] as string) as Sheet;

/** Where the units of a gate change their selection, within a polygon. */
function kinksOf(gate: AnalysisElementwiseGate, z: Sheet, polygon: Polygon): LinearForm[] {
  const lines: LinearForm[] = [];
  for (let unit = 0; unit < gate.units; unit += 1) {
    const [a, b, c] = formOf(z, unit);
    for (const breakpoint of gate.piecesOf(unit).breakpoints) {
      const line: LinearForm = [a - breakpoint, b, c];
      if (isCut(polygon, line)) lines.push(line);
    }
  }
  return lines;
}

/** Cuts a piece along the kink nearest to the start; one part where no kink is left. */
function partsByKinks(gate: AnalysisElementwiseGate, piece: Piece, start: Point): Piece[] {
  const { polygon } = piece;
  const lines = piece.lines.filter((line) => isCut(polygon, line));
  const distances = lines.map(
    (line) => Math.abs(valueAt(line, start)) / Math.hypot(line[1], line[2]),
  );
  const nearest = distances.reduce((best, d, k) => (d < (distances[best] as number) ? k : best), 0);
  const [line] = lines.splice(nearest, 1);
  if (line !== undefined) {
    const { below, above } = split(polygon, line);
    return [below, above].flatMap((half) => (half ? [{ ...piece, polygon: half, lines }] : []));
  }
  const middle = centroid(polygon);
  const z = preActivation(gate, piece.sheets);
  const selections = piece.selections.slice();
  for (let unit = 0; unit < gate.units; unit += 1) {
    const value = valueAt(formOf(z, unit), middle);
    selections[gate.start + unit] = pieceAt(gate.piecesOf(unit), value);
  }
  return [{ ...piece, selections, lines }];
}

/** Cuts a piece by the first unit with several winners on it; one part where no unit is left. */
function partsByWinners(gate: AnalysisChoiceGate, step: AnalysisStep, piece: Piece): Piece[] {
  const formAt = candidateForm(step, gate, piece.sheets);
  const sign = gate.op.pick === 'greatest' ? 1 : -1;
  const selections = piece.selections.slice();
  let { polygon } = piece;
  for (let { unit } = piece; unit < gate.units; unit += 1) {
    const candidates = gate
      .candidatesOf(unit)
      .map(({ piece: of, slot, index }) => ({ piece: of, form: formAt(slot, index) }));
    const won = winnersOn(polygon, candidates, sign);
    const [only] = won;
    if (only === undefined || won.length > 1) {
      return won.map(({ piece: winner, polygon: part }) => {
        const selected = selections.slice();
        selected[gate.start + unit] = winner;
        return { ...piece, polygon: part, selections: selected, unit: unit + 1 };
      });
    }
    selections[gate.start + unit] = only.piece;
    polygon = only.polygon;
  }
  return [{ ...piece, polygon, selections, unit: gate.units }];
}

function beyondGate(
  step: AnalysisStep,
  gate: AnalysisChoiceGate | AnalysisElementwiseGate,
  piece: Piece,
): Piece {
  const selected = piece.selections.subarray(gate.start, gate.start + gate.units);
  const sheet =
    gate.kind === 'choice'
      ? chosenSheet(gate, step, piece.sheets, selected)
      : selectedSheet(gate, preActivation(gate, piece.sheets), selected);
  const sheets = new Map(piece.sheets).set(gate.output, sheet);
  return { ...piece, step: piece.step + 1, sheets };
}
