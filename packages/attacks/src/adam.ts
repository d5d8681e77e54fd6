/** Adam's state for one vector; descends. @see Kingma, Ba 2015, Algorithm 1 */
export interface Adam {
  readonly fillStep: (w: Float64Array, gradient: Float64Array) => void;
}

export function adam(size: number, learningRate: number): Adam {
  const mean = new Float64Array(size);
  const square = new Float64Array(size);
  let step = 0;
  return {
    fillStep(w, gradient) {
      step += 1;
      const meanScale = 1 / (1 - 0.9 ** step);
      const squareScale = 1 / (1 - 0.999 ** step);
      for (let i = 0; i < size; i += 1) {
        const slope = gradient[i] as number;
        const m = 0.9 * (mean[i] as number) + 0.1 * slope;
        const v = 0.999 * (square[i] as number) + 0.001 * slope * slope;
        mean[i] = m;
        square[i] = v;
        w[i] =
          (w[i] as number) - (learningRate * m * meanScale) / (Math.sqrt(v * squareScale) + 1e-8);
      }
    },
  };
}
