/** The last two dense layers of a network: W1 `[hidden, features]`, a ReLU, W2 `[classes, hidden]`. */
export interface Head {
  readonly w1: Float32Array;
  readonly b1: Float32Array;
  readonly w2: Float32Array;
  readonly b2: Float32Array;
}

/** One look at the head: its features, whose ReLUs gate it, and what it adds to the logits. */
export interface Channel {
  readonly weight: number;
  /** `[rows, features]` */
  readonly features: Float32Array;
  /** `own`: by the channel's own pre-activations. Else those of this channel gate it, and units in `float` give 0. */
  readonly gates: 'own' | { readonly channel: number; readonly float: Uint8Array };
}

const parameters = ['w1', 'b1', 'w2', 'b2'] as const;

export const copyOfHead = (head: Head): Head => ({
  w1: head.w1.slice(),
  b1: head.b1.slice(),
  w2: head.w2.slice(),
  b2: head.b2.slice(),
});

/** W x + b for every row. */
export function dense(x: Float32Array, w: Float32Array, b: Float32Array): Float32Array {
  const inner = w.length / b.length;
  const rows = x.length / inner;
  const out = new Float32Array(rows * b.length);
  for (let r = 0; r < rows; r += 1) {
    for (let j = 0; j < b.length; j += 1) {
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      const [xo, wo] = [r * inner, j * inner];
      let d = 0;
      for (; d + 3 < inner; d += 4) {
        s0 += (x[xo + d] as number) * (w[wo + d] as number);
        s1 += (x[xo + d + 1] as number) * (w[wo + d + 1] as number);
        s2 += (x[xo + d + 2] as number) * (w[wo + d + 2] as number);
        s3 += (x[xo + d + 3] as number) * (w[wo + d + 3] as number);
      }
      for (; d < inner; d += 1) s0 += (x[xo + d] as number) * (w[wo + d] as number);
      out[r * b.length + j] = s0 + s1 + s2 + s3 + (b[j] as number);
    }
  }
  return out;
}

/** Adds dy^T x to `into` `[columns of dy, columns of x]`; zero elements of dy cost nothing. */
function addOuter(into: Float32Array, dy: Float32Array, x: Float32Array, rows: number): void {
  const [m, n] = [dy.length / rows, x.length / rows];
  for (let r = 0; r < rows; r += 1) {
    for (let j = 0; j < m; j += 1) {
      const scale = dy[r * m + j] as number;
      if (scale === 0) continue;
      const [from, to] = [r * n, j * n];
      for (let d = 0; d < n; d += 1) {
        into[to + d] = (into[to + d] as number) + scale * (x[from + d] as number);
      }
    }
  }
}

function addColumns(into: Float32Array, dy: Float32Array): void {
  dy.forEach((v, i) => {
    into[i % into.length] = (into[i % into.length] as number) + v;
  });
}

/** Mean cross-entropy of the channels' weighted sum, and its gradient in the head's parameters. */
export function lossAndGradient(
  head: Head,
  channels: readonly Channel[],
  labels: ArrayLike<number>,
): { readonly loss: number; readonly gradient: Head } {
  const rows = labels.length;
  const [classes, hidden] = [head.b2.length, head.b1.length];
  const z = channels.map(({ features }) => dense(features, head.w1, head.b1));
  const open = channels.map(({ gates }, c): Uint8Array => {
    const by = z[gates === 'own' ? c : gates.channel] as Float32Array;
    return Uint8Array.from(by, (v, i) =>
      v > 0 && (gates === 'own' || gates.float[i] === 0) ? 1 : 0,
    );
  });
  const a = z.map((values, c) => values.map((v, i) => (open[c]?.[i] === 1 ? v : 0)));
  const logits = new Float64Array(rows * classes);
  channels.forEach(({ weight }, c) => {
    dense(a[c] as Float32Array, head.w2, head.b2).forEach((v, i) => {
      logits[i] = (logits[i] as number) + weight * v;
    });
  });

  const d = new Float32Array(rows * classes);
  let loss = 0;
  for (let r = 0; r < rows; r += 1) {
    const row = logits.subarray(r * classes, (r + 1) * classes);
    const most = row.reduce((p, q) => Math.max(p, q));
    const total = row.reduce((sum, v) => sum + Math.exp(v - most), 0);
    const label = labels[r] as number;
    loss += (Math.log(total) + most - (row[label] as number)) / rows;
    row.forEach((v, j) => {
      d[r * classes + j] = (Math.exp(v - most) / total - (j === label ? 1 : 0)) / rows;
    });
  }
  const gradient: Head = {
    w1: new Float32Array(head.w1.length),
    b1: new Float32Array(hidden),
    w2: new Float32Array(head.w2.length),
    b2: new Float32Array(classes),
  };
  channels.forEach(({ weight, features }, c) => {
    const out = d.map((v) => weight * v);
    addOuter(gradient.w2, out, a[c] as Float32Array, rows);
    addColumns(gradient.b2, out);
    const dz = new Float32Array(rows * hidden);
    for (let i = 0; i < dz.length; i += 1) {
      if (open[c]?.[i] !== 1) continue;
      const [r, u] = [Math.floor(i / hidden), i % hidden];
      let sum = 0;
      for (let j = 0; j < classes; j += 1) {
        sum += (out[r * classes + j] as number) * (head.w2[j * hidden + u] as number);
      }
      dz[i] = sum;
    }
    addOuter(gradient.w1, dz, features, rows);
    addColumns(gradient.b1, dz);
  });
  return { loss, gradient };
}

/** Stochastic gradient descent with momentum .9 on one head, in place. */
export function createTrainer(head: Head, rate: number) {
  const velocity = copyOfHead(head);
  for (const name of parameters) velocity[name].fill(0);
  return (channels: readonly Channel[], labels: ArrayLike<number>): number => {
    const { loss, gradient } = lossAndGradient(head, channels, labels);
    for (const name of parameters) {
      const [values, speed, slope] = [head[name], velocity[name], gradient[name]];
      for (let i = 0; i < values.length; i += 1) {
        speed[i] = 0.9 * (speed[i] as number) - rate * (slope[i] as number);
        values[i] = (values[i] as number) + (speed[i] as number);
      }
    }
    return loss;
  };
}
