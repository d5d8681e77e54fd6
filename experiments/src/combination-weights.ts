import { solveLinear } from './linear-solve.js';

/** Logits of several networks on the same rows, row-major `[rows, classes]` each. */
export interface LogitTerms {
  /** Counted once, with weight 1. */
  readonly offset: ArrayLike<number>;
  /** Counted with the weights that are looked for. */
  readonly terms: readonly ArrayLike<number>[];
  readonly labels: ArrayLike<number>;
  readonly classes: number;
}

/** Mean cross-entropy of offset + sum_k w_k term_k, its gradient and Hessian in w. */
export function crossEntropy({ offset, terms, labels, classes }: LogitTerms, w: readonly number[]) {
  const rows = labels.length;
  const gradient = new Float64Array(terms.length);
  const hessian = terms.map(() => new Float64Array(terms.length));
  let loss = 0;
  const logits = new Float64Array(classes);
  for (let r = 0; r < rows; r += 1) {
    const at = (values: ArrayLike<number>, j: number): number => values[r * classes + j] as number;
    for (let j = 0; j < classes; j += 1) {
      logits[j] = terms.reduce((sum, t, k) => sum + (w[k] as number) * at(t, j), at(offset, j));
    }
    const most = logits.reduce((a, b) => Math.max(a, b));
    const total = logits.reduce((sum, v) => sum + Math.exp(v - most), 0);
    const p = logits.map((v) => Math.exp(v - most) / total);
    const label = labels[r] as number;
    loss += (Math.log(total) + most - (logits[label] as number)) / rows;
    const means = terms.map((t) => p.reduce((sum, q, j) => sum + q * at(t, j), 0));
    terms.forEach((t, k) => {
      gradient[k] = (gradient[k] as number) + ((means[k] as number) - at(t, label)) / rows;
      const row = hessian[k] as Float64Array;
      terms.forEach((u, l) => {
        const second = p.reduce((sum, q, j) => sum + q * at(t, j) * at(u, j), 0);
        row[l] = (row[l] as number) + (second - (means[k] as number) * (means[l] as number)) / rows;
      });
    });
  }
  return { loss, gradient, hessian };
}

/** The weights of the least mean cross-entropy, by damped Newton steps: the problem is convex. */
export function fitWeights(problem: LogitTerms, start: readonly number[]): readonly number[] {
  let w = [...start];
  for (let step = 0; step < 30; step += 1) {
    const { loss, gradient, hessian } = crossEntropy(problem, w);
    hessian.forEach((row, k) => (row[k] = (row[k] as number) + 1e-9));
    const direction = Float64Array.from(gradient);
    solveLinear(hessian, [direction]);
    let rate = 1;
    const moved = (): number[] => w.map((v, k) => v - rate * (direction[k] as number));
    while (rate > 1e-3 && crossEntropy(problem, moved()).loss > loss) rate /= 2;
    w = moved();
    if (rate * Math.max(...direction.map(Math.abs)) < 1e-6) break;
  }
  return w;
}
