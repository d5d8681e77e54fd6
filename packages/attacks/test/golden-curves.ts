import { readFileSync } from 'node:fs';
import { float32Tensor, type AttackRow, type Region } from '@floatpath/core';
import { distance } from '../src/distance.js';
import { attackOf, type SearchAttack } from '../src/index.js';
import { logProbability } from '../src/mean-softmax.js';
import { classifierOf, type PlainClassifier } from './classifiers.js';

/** The network of a file of curves: relu(W1 x + b1), then W2 h + b2. */
export type GoldenNetwork = Readonly<
  Record<'W1' | 'W2', number[][]> & Record<'b1' | 'b2', number[]>
>;

export function readGolden<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`golden/${file}`, import.meta.url), 'utf8')) as T;
}

export function networkOf(
  { W1, b1, W2, b2 }: GoldenNetwork,
  inputShape: readonly number[],
): PlainClassifier {
  const hidden = (x: ArrayLike<number>): number[] => affine(W1, x, b1);
  const zeros = (length: number): number[] => new Array<number>(length).fill(0);
  return classifierOf(inputShape, b2.length, {
    logits: (x) =>
      Float64Array.from(
        affine(
          W2,
          hidden(x).map((z) => Math.max(z, 0)),
          b2,
        ),
      ),
    gradient: (x, cotangent) => {
      const back = affine(transposed(W2), cotangent, zeros(b1.length));
      const slopes = hidden(x).map((z, i) => (z > 0 ? (back[i] as number) : 0));
      return Float64Array.from(affine(transposed(W1), slopes, zeros(x.length)));
    },
  });
}

function affine(
  rows: readonly number[][],
  x: ArrayLike<number>,
  bias: readonly number[],
): number[] {
  return rows.map((row, i) =>
    row.reduce((sum, v, j) => sum + v * (x[j] as number), bias[i] as number),
  );
}

function transposed(rows: readonly number[][]): number[][] {
  return (rows[0] as number[]).map((_, j) => rows.map((row) => row[j] as number));
}

/** A point that a search looked at. */
export interface Look {
  readonly x: Float32Array;
  /** Cross-entropy of the label. */
  readonly loss: number;
  /** From the row's own input, in the region's norm. */
  readonly distance: number;
}

export async function looksOf(
  { spec }: SearchAttack,
  network: PlainClassifier,
  at: {
    readonly x: readonly number[];
    readonly label: number;
    readonly image?: number;
    readonly seed?: number;
    readonly region: Extract<Region, { kind: 'ball' }>;
  },
): Promise<{ readonly looks: readonly Look[]; readonly row: AttackRow }> {
  const looks: Look[] = [];
  const center = Float32Array.from(at.x);
  const watched = attackOf({
    ...spec,
    *search(problem) {
      const search = spec.search(problem);
      let step = search.next();
      while (step.done !== true) {
        const x = step.value[0]?.x.slice() ?? center;
        const answers = yield step.value;
        const loss = -logProbability(answers[0]?.logits as Float32Array, at.label);
        looks.push({ x, loss, distance: distance(x, center, at.region.norm) });
        step = search.next(answers);
      }
      return step.value;
    },
  });
  const { rows } = await watched.run(
    network,
    float32Tensor([1, ...network.inputShape], center),
    { kind: 'untargeted', labels: Int32Array.of(at.label) },
    at.region,
    { seed: at.seed ?? 0, images: Uint32Array.of(at.image ?? 0), batchSize: 1 },
  );
  return { looks, row: rows[0] as AttackRow };
}

/** Looks at the point of the look before are left out: how often a search asks is its own affair. */
export function withoutRepeats(looks: readonly Look[]): readonly Look[] {
  return looks.filter(({ x }, i) => !x.every((v, j) => v === looks[i - 1]?.x[j]));
}

export const lossesOf = (looks: readonly Look[]): number[] => looks.map(({ loss }) => loss);

/** The largest difference of two curves, over the length of the shorter one. */
export function gapOf(curve: readonly number[], golden: readonly number[]): number {
  const shared = Math.min(curve.length, golden.length);
  return Math.max(
    ...curve.slice(0, shared).map((value, step) => Math.abs(value - (golden[step] as number))),
  );
}
