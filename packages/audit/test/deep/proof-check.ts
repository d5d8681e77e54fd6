import {
  boundOutputs,
  boxRegion,
  observe,
  observedRow,
  selectionsAt,
  type Analysis,
  type BoundMethod,
  type InputRegion,
  type LinearFunction,
  type PreparedBounds,
  type Proof,
} from '@floatpath/activation-patterns';
import { pgd } from '@floatpath/attacks';
import { fillUniform, float32Tensor, float64Tensor } from '@floatpath/core';
import { createClassifier, referenceEngine, withOutputs } from '@floatpath/engine';
import type { VnnlibCase, VnnlibSpec, VnnlibTerm } from '@floatpath/model-io';
import { engine } from '../tiny.js';

export const SEED = 5;
export const SAMPLES = 10_000;
/** Rows of larger networks are observed a few at a time. */
const LARGE = 5000;

/** CPU seconds of the process. */
export function secondsSince(started: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}

/** The box of a case and the float32 numbers nearest to its sides, so that float32 inputs of it are in. */
export function hull(analysis: Analysis, { low, high }: VnnlibCase): InputRegion {
  const out = (values: Float64Array, of: (a: number, b: number) => number): Float64Array =>
    values.map((value) => of(value, Math.fround(value)));
  const { inputShape } = analysis;
  return boxRegion(
    analysis,
    float64Tensor(inputShape, out(low, Math.min)),
    float64Tensor(inputShape, out(high, Math.max)),
  );
}

function dense(terms: readonly VnnlibTerm[], size: number): Float64Array {
  const weights = new Float64Array(size);
  for (const { index, weight } of terms) weights[index]! += weight;
  return weights;
}

/** The cases of a specification by box: those of a classifier share one. */
export function byBox({ cases }: VnnlibSpec): VnnlibCase[][] {
  const same = (a: VnnlibCase, b: VnnlibCase): boolean =>
    a.low.every((l, i) => l === b.low[i]) && a.high.every((h, i) => h === b.high[i]);
  const boxes: VnnlibCase[][] = [];
  for (const of of cases) {
    const box = boxes.find(([first]) => first && same(first, of));
    if (box) box.push(of);
    else boxes.push([of]);
  }
  return boxes;
}

/** Bounds of the left sides of the cases of a box, and whether in every case one of the constraints cannot hold. */
export function refutes(
  prepared: PreparedBounds,
  region: InputRegion,
  method: BoundMethod,
  spec: VnnlibSpec,
  cases: readonly VnnlibCase[],
): { readonly proof: Proof; readonly refuted: boolean } {
  const linear = cases.flatMap(({ constraints }) =>
    constraints.map(({ inputs, outputs }): LinearFunction => ({
      outputs: dense(outputs, spec.outputs),
      ...(inputs.length > 0 && { inputs: dense(inputs, spec.inputs) }),
    })),
  );
  const { proof, low } = boundOutputs(prepared, region, { method, linear });
  let at = 0;
  const refuted = cases.map(({ constraints }) => {
    const first = at;
    at += constraints.length;
    return constraints.some(({ bound }, k) => (low[first + k] as number) > bound);
  });
  return { proof, refuted: refuted.every(Boolean) };
}

export const inside = ({ low, high }: InputRegion, x: ArrayLike<number>): Float64Array =>
  low.map((l, i) => Math.min(high[i] as number, Math.max(l, x[i] as number)));

/** What the bounds say about one input: flips of fixed units, values outside, values outside of bounds shrunk by 1 %. */
export async function judged(
  analysis: Analysis,
  proof: Proof,
  x: Float64Array,
): Promise<{ readonly flips: number; readonly outside: number; readonly shrunk: number }> {
  const selected = selectionsAt(analysis, float64Tensor(analysis.inputShape, x));
  const flips = selected.filter(
    (piece, unit) => proof.fixed[unit] === 1 && piece !== proof.selections[unit],
  ).length;
  const names = analysis.gates.map((gate) =>
    gate.kind === 'choice' ? gate.output : (gate.inputs[0] as string),
  );
  await using kernel = await referenceEngine().load(withOutputs(analysis.network, names));
  const z = await kernel.run({ [analysis.input]: float64Tensor(analysis.inputShape, x) });
  let [outside, shrunk] = [0, 0];
  analysis.gates.forEach(({ start }, g) => {
    (z[names[g] as string]?.data as Float64Array).forEach((value, i) => {
      const [l, h] = [proof.low[start + i] as number, proof.high[start + i] as number];
      const room = 0.005 * (h - l);
      if (!(value >= l && value <= h)) outside += 1;
      if (!(value >= l + room && value <= h - room)) shrunk += 1;
    });
  });
  return { flips, outside, shrunk };
}

/**
 * Units proved fixed that flip in uniform draws of the box: seen by ONNX Runtime, and counted where a float64 evaluation of
 * the same point sees it too.
 */
export async function sampledFlips(
  analysis: Analysis,
  proof: Proof,
  region: InputRegion,
  budget: number,
): Promise<{ readonly flips: number; readonly samples: number }> {
  const size = region.low.length;
  const rows = analysis.batched ? (analysis.layout.units > LARGE ? 25 : 250) : 1;
  const observation = observe(analysis);
  await using kernel = await engine.load(observation.network);
  const flipsIn = (selections: Uint16Array): number =>
    selections.filter((piece, unit) => proof.fixed[unit] === 1 && piece !== proof.selections[unit])
      .length;
  let [flips, samples] = [0, 0];
  const started = process.cpuUsage();
  while (samples < SAMPLES && secondsSince(started) < budget) {
    const points = new Float32Array(rows * size);
    const uniform = new Float64Array(size);
    for (let row = 0; row < rows; row += 1) {
      fillUniform(uniform, { seed: SEED, purpose: 'calibration', image: 0, draw: samples + row });
      const point = region.low.map(
        (l, i) => l + (uniform[i] as number) * ((region.high[i] as number) - l),
      );
      points.set(inside(region, point.map(Math.fround)), row * size);
    }
    const shape = analysis.batched ? [rows, ...analysis.inputShape.slice(1)] : analysis.inputShape;
    const fetches = await kernel.run({ [analysis.input]: float32Tensor(shape, points) });
    for (let row = 0; row < rows; row += 1) {
      if (flipsIn(observedRow(analysis, observation, fetches, row).selections) === 0) continue;
      const point = Float64Array.from(points.subarray(row * size, (row + 1) * size));
      flips += flipsIn(selectionsAt(analysis, float64Tensor(analysis.inputShape, point)));
    }
    samples += rows;
  }
  return { flips, samples };
}

/** Where PGD ends that looks for a violation of the case; attacks are on constraints of outputs, and on rows of logits. */
export async function attacked(
  analysis: Analysis,
  region: InputRegion,
  spec: VnnlibSpec,
  { constraints }: VnnlibCase,
): Promise<Float64Array | undefined> {
  const [, ...others] = analysis.network.outputs[0]?.shape ?? [];
  if (analysis.inputShape.length < 2 || others.length !== 1) return undefined;
  if (!analysis.batched && analysis.inputShape[0] !== 1) return undefined;
  if (constraints.some(({ inputs }) => inputs.length > 0)) return undefined;
  await using classifier = await createClassifier(engine, analysis.network, {
    bounds: [Math.min(...region.low), Math.max(...region.high)],
  });
  const { inputShape } = analysis;
  const of = (values: Float64Array): ReturnType<typeof float32Tensor> =>
    float32Tensor(inputShape, values.map(Math.fround));
  const attack = pgd({ steps: 20, relativeStep: 0.1, objective: 'margin', randomStart: false });
  const { adversarial } = await attack.run(
    classifier,
    of(region.center),
    {
      kind: 'linear',
      anyOf: [
        constraints.map(({ outputs, bound }) => ({
          weights: Array.from(dense(outputs, spec.outputs)),
          bound,
        })),
      ],
    },
    { kind: 'box', low: of(region.low), high: of(region.high) },
    { seed: SEED, images: Uint32Array.of(0), batchSize: 1 },
  );
  return inside(region, adversarial.data);
}
