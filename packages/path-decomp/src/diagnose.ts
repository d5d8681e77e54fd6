import { FloatpathError, numbersOf, type RunOptions, type Tensor } from '@floatpath/core';
import type { PatternLayout } from '@floatpath/activation-patterns';
import type { DecomposedRow, Decomposer } from './decompose.js';
import type { Neighborhood } from './neighborhood.js';

/** Two values of the same quantity: at x and at x'. */
export interface AtBoth {
  readonly clean: number;
  readonly adversarial: number;
}

/** How many units of one gate are float on the neighborhood, and how many select differently at x' than at x. */
export interface GateSwitches {
  readonly gate: string;
  readonly units: number;
  readonly float: number;
  readonly switched: number;
}

/** Why one failure (x right, x' wrong) happened. */
export interface Diagnosis {
  readonly label: number;
  /** The class that beats the label most at x': argmax over j != label of N_j(x'), the same for both inputs. */
  readonly rival: number;
  /**
   * By the argmax of `fixed`. `float`: right at x', so only float paths made the failure. `lipschitz`: right at x and wrong at x',
   * so the fixed paths alone fail too. `fixed-already-wrong`: wrong at both.
   */
  readonly kind: 'float' | 'lipschitz' | 'fixed-already-wrong';
  /** N_label - N_rival, and the same of the two parts. */
  readonly margin: AtBoth;
  readonly fixedMargin: AtBoth;
  readonly floatMargin: AtBoth;
  /** What each part contributed to the drop of the margin, M(x) - M(x') of that part: they sum to the drop. */
  readonly shares: { readonly fixed: number; readonly float: number };
  readonly gates: readonly GateSwitches[];
  /** Sum law at both inputs: the larger residual, its tolerance, and whether both hold. */
  readonly residual: number;
  readonly tolerance: number;
  readonly holds: boolean;
}

/** A failure and the neighborhood to explain it on: by default the segment from x to x'. */
export interface FailurePair {
  readonly x: Tensor;
  readonly adversarial: Tensor;
  readonly label: number;
  readonly neighborhood: Neighborhood & {
    /** Selections at x'. */
    readonly endSelections: Uint16Array;
  };
}

/**
 * Diagnoses failures; the two rows of every pair run in one batch, with the same masks and recorded selections.
 *
 * @param decomposer - with recorded selections
 * @throws {FloatpathError} `invalid-argument` if x is not classified as its label or x' is
 * @see Jiang 2023, On Explaining Neural Network Robustness with Activation Path; counting all three kinds is ours
 */
export async function diagnoseFailures(
  decomposer: Decomposer,
  pairs: readonly FailurePair[],
  options?: RunOptions,
): Promise<Diagnosis[]> {
  const { layout, inputShape } = decomposer.analysis;
  const rows = pairs.flatMap(({ x, adversarial }) => [numbersOf(x), numbersOf(adversarial)]);
  const size = rows[0]?.length ?? 0;
  const data = new Float64Array(rows.length * size);
  rows.forEach((row, i) => data.set(row, i * size));
  const decomposed = await decomposer.decompose(
    { dtype: 'float64', shape: [rows.length, ...inputShape.slice(1)], data },
    pairs.flatMap(({ neighborhood }) => [neighborhood, neighborhood]),
    options,
  );
  return pairs.map((pair, i) =>
    diagnosisOf(
      layout,
      pair,
      decomposed[2 * i] as DecomposedRow,
      decomposed[2 * i + 1] as DecomposedRow,
    ),
  );
}

function diagnosisOf(
  layout: PatternLayout,
  { label, neighborhood }: FailurePair,
  clean: DecomposedRow,
  adversarial: DecomposedRow,
): Diagnosis {
  if (argmax(clean.logits) !== label || argmax(adversarial.logits) === label) {
    throw new FloatpathError(
      'invalid-argument',
      `diagnoseFailures: expected x classified as ${label} and x' as another class, got ${argmax(clean.logits)} and ${argmax(adversarial.logits)}`,
    );
  }
  const rival = argmax(adversarial.logits, label);
  const margins = (part: 'logits' | 'fixed' | 'float'): AtBoth => ({
    clean: marginOf(clean[part], label, rival),
    adversarial: marginOf(adversarial[part], label, rival),
  });
  const fixedMargin = margins('fixed');
  const floatMargin = margins('float');
  const fixedRight = { x: argmax(clean.fixed) === label, end: argmax(adversarial.fixed) === label };
  return {
    label,
    rival,
    kind: fixedRight.end ? 'float' : fixedRight.x ? 'lipschitz' : 'fixed-already-wrong',
    margin: margins('logits'),
    fixedMargin,
    floatMargin,
    shares: {
      fixed: fixedMargin.clean - fixedMargin.adversarial,
      float: floatMargin.clean - floatMargin.adversarial,
    },
    gates: switchesOf(layout, neighborhood),
    residual: Math.max(clean.residual, adversarial.residual),
    tolerance: Math.max(clean.tolerance, adversarial.tolerance),
    holds: clean.holds && adversarial.holds,
  };
}

function switchesOf(
  layout: PatternLayout,
  { float, selections, endSelections }: FailurePair['neighborhood'],
): GateSwitches[] {
  return layout.gates.map(({ name, start, units }) => {
    let floats = 0;
    let switched = 0;
    for (let i = start; i < start + units; i += 1) {
      if (float[i]) floats += 1;
      if (selections[i] !== endSelections[i]) switched += 1;
    }
    return { gate: name, units, float: floats, switched };
  });
}

const marginOf = (values: Float64Array, label: number, rival: number): number =>
  (values[label] as number) - (values[rival] as number);

/** Lowest index of the largest value, leaving out one class. */
function argmax(values: Float64Array, without = -1): number {
  let best = without === 0 ? 1 : 0;
  values.forEach((value, j) => {
    if (j !== without && value > (values[best] as number)) best = j;
  });
  return best;
}
