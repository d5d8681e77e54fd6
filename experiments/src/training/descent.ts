/** Moves a parameter against its slope, in place; holds what it remembers of earlier steps. */
export type Descent = (value: Float32Array, slope: ArrayLike<number>, rate: number) => void;

/** Stochastic gradient descent with momentum .9. */
export function momentum(size: number): Descent {
  const speed = new Float32Array(size);
  return (value, slope, rate) => {
    for (let i = 0; i < size; i += 1) {
      speed[i] = 0.9 * (speed[i] as number) - rate * (slope[i] as number);
      value[i] = (value[i] as number) + (speed[i] as number);
    }
  };
}

/**
 * Adam with decays .9 and .99.
 *
 * @see Kingma, Ba 2015, algorithm 1
 */
export function adam(size: number): Descent {
  const [fast, slow] = [0.9, 0.99];
  const mean = new Float32Array(size);
  const square = new Float32Array(size);
  let steps = 0;
  return (value, slope, rate) => {
    steps += 1;
    const scale = (rate * Math.sqrt(1 - slow ** steps)) / (1 - fast ** steps);
    const floor = 1e-8 * Math.sqrt(1 - slow ** steps);
    for (let i = 0; i < size; i += 1) {
      const s = slope[i] as number;
      const m = fast * (mean[i] as number) + (1 - fast) * s;
      const v = slow * (square[i] as number) + (1 - slow) * s * s;
      mean[i] = m;
      square[i] = v;
      value[i] = (value[i] as number) - (scale * m) / (Math.sqrt(v) + floor);
    }
  };
}
