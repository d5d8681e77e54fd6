interface DlrParts {
  readonly rival: number;
  readonly first: number;
  readonly lower: readonly number[];
  readonly gap: number;
  readonly spread: number;
}

/**
 * The difference of logits ratio, invariant to shift and scale of the logits:
 * (max_{j != y} z_j - z_y) / (z_pi1 - z_pi3), and with a target (z_t - z_y) / (z_pi1 - (z_pi3 + z_pi4) / 2), where pi
 * sorts the logits from the largest down. Undefined with fewer than three (four) classes, or where the denominator is 0.
 *
 * @see Croce, Hein 2020, "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free
 * attacks", equations 6 and 7; their code adds 1e-12 to the denominator instead
 */
export function dlrValue(logits: Float32Array, label: number, target?: number): number | undefined {
  const parts = dlrParts(logits, label, target);
  return parts && parts.gap / parts.spread;
}

/** Gradient of {@link dlrValue} with respect to the logits; undefined where it is. */
export function dlrCotangent(
  logits: Float32Array,
  label: number,
  target?: number,
): Float32Array | undefined {
  const parts = dlrParts(logits, label, target);
  if (parts === undefined) return undefined;
  const { rival, first, lower, gap, spread } = parts;
  const weights = new Float64Array(logits.length);
  const add = (j: number, weight: number): void => {
    weights[j] = (weights[j] as number) + weight;
  };
  add(rival, 1 / spread);
  add(label, -1 / spread);
  add(first, -gap / spread ** 2);
  for (const j of lower) add(j, gap / spread ** 2 / lower.length);
  return Float32Array.from(weights);
}

function dlrParts(logits: Float32Array, label: number, target?: number): DlrParts | undefined {
  const order = Array.from(logits.keys()).sort(
    (a, b) => (logits[b] as number) - (logits[a] as number),
  );
  const [first = 0, second = 0] = order;
  const lower = target === undefined ? order.slice(2, 3) : order.slice(2, 4);
  if (lower.length < (target === undefined ? 1 : 2)) return undefined;
  const lowerMean = lower.reduce((sum, j) => sum + (logits[j] as number), 0) / lower.length;
  const spread = (logits[first] as number) - lowerMean;
  if (spread === 0) return undefined;
  const rival = target ?? (first === label ? second : first);
  const gap = (logits[rival] as number) - (logits[label] as number);
  return { rival, first, lower, gap, spread };
}
