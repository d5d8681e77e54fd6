import { float64Tensor, type Float64Tensor, type Tensor } from '@floatpath/core';
import { evaluateHomogeneous, evaluateNode } from '@floatpath/engine';
import type {
  Analysis,
  AnalysisChoiceGate,
  AnalysisElementwiseGate,
  AnalysisStep,
} from '../analysis.js';
import { pieceAt } from '../selected.js';
import type { Plane } from './plane.js';
import { centroid, clip, isCut, split, valueAt, type LinearForm, type Polygon } from './polygon.js';

/** A convex piece of the plane on which no selection changes, so that the network is affine there. */
export interface LinearRegion {
  readonly polygon: Polygon;
  /** Of all units. */
  readonly selections: Uint16Array;
  /** Every logit as a function of the plane's coordinates. */
  readonly logits: readonly LinearForm[];
}

/** A value of the network on the plane: at its origin, and what it gains along each axis. */
type Sheet = readonly [Float64Tensor, Float64Tensor, Float64Tensor];

/**
 * The linear regions of a network on a convex window of a plane, one by one: the window is cut along the kinks of every unit in turn, each
 * on the pieces where the units before it select the same. On a plane, every pattern has one convex region, so that
 * regions and patterns are the same count. All in float64; a kink that only touches a corner cuts nothing, z = 0 on a
 * whole region is inactive, candidates equal on a whole region go to the first.
 *
 * Cost: one forward pass of three rows per region and gate.
 *
 * @see Hanin, Rolnick 2019, Deep ReLU Networks Have Surprisingly Few Activation Patterns (convexity: Lemma 2)
 */
export function* linearRegions(
  analysis: Analysis,
  plane: Plane,
  window: Polygon,
): Generator<LinearRegion, void> {
  const { layout, input } = analysis;
  yield* regionsOf(analysis, {
    step: 0,
    polygon: window,
    sheets: new Map<string, Sheet>([[input, [plane.origin, plane.first, plane.second]]]),
    selections: new Uint16Array(layout.units),
  });
}

/** A piece of the plane on which the gates before `step` are settled. */
interface Piece {
  readonly step: number;
  readonly polygon: Polygon;
  readonly sheets: Map<string, Sheet>;
  readonly selections: Uint16Array;
}

function* regionsOf(
  analysis: Analysis,
  { step: first, polygon, sheets, selections }: Piece,
): Generator<LinearRegion, void> {
  const { steps, logits } = analysis;
  let s = first;
  for (; steps[s] !== undefined && steps[s]?.gate === undefined; s += 1) {
    const step = steps[s] as AnalysisStep;
    affineSheets(step, sheets).forEach((sheet, slot) => {
      sheets.set(step.outputs[slot] as string, sheet);
    });
  }
  const step = steps[s];
  if (step?.gate === undefined) {
    const sheet = sheets.get(logits) as Sheet;
    const forms = Array.from(sheet[0].data, (_, j) => formOf(sheet, j));
    yield { polygon, selections, logits: forms };
    return;
  }
  const { gate } = step;
  const cut =
    gate.kind === 'choice'
      ? cutByChoices(gate, step, sheets, polygon)
      : cutByKinks(gate, sheets.get(gate.inputs[0] as string) as Sheet, polygon);
  for (const part of cut) {
    const after = new Map(sheets);
    const sheet =
      gate.kind === 'choice'
        ? chosenSheet(gate, step, sheets, part.selections)
        : selectedSheet(gate, sheets.get(gate.inputs[0] as string) as Sheet, part.selections);
    after.set(gate.output, sheet);
    const selected = selections.slice();
    selected.set(part.selections, gate.start);
    const next = { step: s + 1, polygon: part.polygon, sheets: after, selections: selected };
    yield* regionsOf(analysis, next);
  }
}

const formOf = (sheet: Sheet, i: number): LinearForm =>
  [sheet[0].data[i], sheet[1].data[i], sheet[2].data[i]] as unknown as LinearForm;

function affineSheets(step: AnalysisStep, sheets: ReadonlyMap<string, Sheet>): Sheet[] {
  const part = (k: 0 | 1 | 2): (Tensor | undefined)[] =>
    step.operands((name) => (sheets.get(name) as Sheet)[k]);
  const origins = evaluateNode(step.node, part(0)) as readonly Float64Tensor[];
  const firsts = evaluateHomogeneous(step.node, part(1), step.isConstant);
  const seconds = evaluateHomogeneous(step.node, part(2), step.isConstant);
  return origins.map((origin, slot): Sheet => [
    origin,
    firsts[slot] as Float64Tensor,
    seconds[slot] as Float64Tensor,
  ]);
}

interface Part {
  readonly polygon: Polygon;
  readonly selections: Uint16Array;
}

/** Cuts a polygon along every breakpoint of every unit, one part after the other. */
function* cutByKinks(gate: AnalysisElementwiseGate, z: Sheet, polygon: Polygon): Generator<Part> {
  const lines: LinearForm[] = [];
  for (let unit = 0; unit < gate.units; unit += 1) {
    const [a, b, c] = formOf(z, unit);
    for (const breakpoint of gate.piecesOf(unit).breakpoints) lines.push([a - breakpoint, b, c]);
  }
  for (const part of cutByLines(polygon, lines)) {
    const middle = centroid(part);
    yield {
      polygon: part,
      selections: Uint16Array.from({ length: gate.units }, (_, unit) =>
        pieceAt(gate.piecesOf(unit), valueAt(formOf(z, unit), middle)),
      ),
    };
  }
}

/** The cells of an arrangement of lines in a polygon; each half is only cut by the lines that cross it. */
function* cutByLines(polygon: Polygon, lines: readonly LinearForm[]): Generator<Polygon> {
  const [line, ...others] = lines.filter((candidate) => isCut(polygon, candidate));
  if (line === undefined) {
    yield polygon;
    return;
  }
  const { below, above } = split(polygon, line);
  for (const half of [below, above]) {
    if (half !== undefined) yield* cutByLines(half, others);
  }
}

function selectedSheet(gate: AnalysisElementwiseGate, z: Sheet, selections: Uint16Array): Sheet {
  const made = z.map((tensor, k) =>
    float64Tensor(
      tensor.shape,
      tensor.data.map((value, unit) => {
        const pieces = gate.piecesOf(unit);
        const piece = selections[unit] as number;
        const slope = pieces.slopes[piece] as number;
        return slope * value + (k === 0 ? (pieces.offsets[piece] as number) : 0);
      }),
    ),
  );
  return made as unknown as Sheet;
}

/** A candidate on the plane: a constant one has no slopes. */
function candidateForm(
  step: AnalysisStep,
  gate: AnalysisChoiceGate,
  sheets: ReadonlyMap<string, Sheet>,
): (slot: number, index: number) => LinearForm {
  const constants = step.operands(() => float64Tensor([0]));
  return (slot, index) => {
    const name = gate.inputs[slot];
    if (name === undefined) return [Number(constants[slot]?.data[index]), 0, 0];
    return formOf(sheets.get(name) as Sheet, index);
  };
}

/** Cuts a polygon into the pieces on which each unit's winner is the same. */
function cutByChoices(
  gate: AnalysisChoiceGate,
  step: AnalysisStep,
  sheets: ReadonlyMap<string, Sheet>,
  polygon: Polygon,
): Part[] {
  const formAt = candidateForm(step, gate, sheets);
  const sign = gate.op.pick === 'greatest' ? 1 : -1;
  let parts: Part[] = [{ polygon, selections: new Uint16Array(gate.units) }];
  for (let unit = 0; unit < gate.units; unit += 1) {
    const candidates = gate
      .candidatesOf(unit)
      .map(({ piece, slot, index }) => ({ piece, form: formAt(slot, index) }));
    parts = parts.flatMap(({ polygon: whole, selections }) =>
      winnersOn(whole, candidates, sign).map(({ piece, polygon: part }) => {
        const selected = selections.slice();
        selected[unit] = piece;
        return { polygon: part, selections: selected };
      }),
    );
  }
  return parts;
}

/** Where each of several forms is the greatest (sign 1) or least (-1); equal ones go to the first. */
export function winnersOn(
  polygon: Polygon,
  candidates: readonly { readonly piece: number; readonly form: LinearForm }[],
  sign: 1 | -1,
): { readonly piece: number; readonly polygon: Polygon }[] {
  const won: { piece: number; polygon: Polygon }[] = [];
  const lead = (a: LinearForm, b: LinearForm): LinearForm => [
    sign * (a[0] - b[0]),
    sign * (a[1] - b[1]),
    sign * (a[2] - b[2]),
  ];
  let before: LinearForm[] = [];
  for (const { piece, form } of candidates) {
    // A form equal to an earlier one everywhere never wins.
    if (before.some((other) => lead(form, other).every((difference) => difference === 0))) continue;
    const leads = candidates
      .filter((other) => other.form !== form)
      .map((other) => lead(form, other.form))
      .filter((difference) => difference.some((value) => value !== 0));
    const part = clip(polygon, leads);
    if (part !== undefined) won.push({ piece, polygon: part });
    before = [...before, form];
  }
  return won;
}

function chosenSheet(
  gate: AnalysisChoiceGate,
  step: AnalysisStep,
  sheets: ReadonlyMap<string, Sheet>,
  selections: Uint16Array,
): Sheet {
  const formAt = candidateForm(step, gate, sheets);
  const values = [0, 1, 2].map(() => new Float64Array(gate.units));
  for (let unit = 0; unit < gate.units; unit += 1) {
    const winner = gate.candidatesOf(unit).find(({ piece }) => piece === selections[unit]);
    const form = winner === undefined ? [0, 0, 0] : formAt(winner.slot, winner.index);
    values.forEach((of, k) => {
      of[unit] = form[k] as number;
    });
  }
  const { shape } = gate.outputType;
  return values.map((of) => float64Tensor(shape, of)) as unknown as Sheet;
}
