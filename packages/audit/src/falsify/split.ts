import { float32Tensor, type Classifier } from '@floatpath/core';
import type { BoundMethod } from '@floatpath/activation-patterns';
import type { CaseRefuter, Part } from './refute-cases.js';
import type { Candidate } from './search.js';
import { meets, type Target } from './target.js';

/** More inputs that vary would be halved without end. */
const MOST_INPUTS = 20;

/** Of the slope of the constraint, what an input without one counts as. */
const LEAST_SLOPE = 0.05;

interface OpenPart extends Part {
  readonly targets: readonly Target[];
}

export interface SplitOptions {
  readonly refuter: CaseRefuter;
  readonly secondsLeft: () => number;
  /** Throws where time is over. */
  readonly check: () => void;
  readonly confirm: (candidate: Candidate) => Promise<boolean>;
}

const methods: readonly BoundMethod[] = ['interval', 'crown', 'alpha-crown'];

function rootsOf(targets: readonly Target[]): OpenPart[] {
  const boxes = new Map<Float64Array, Target[]>();
  for (const target of targets) {
    const same = boxes.get(target.low);
    if (same === undefined) boxes.set(target.low, [target]);
    else same.push(target);
  }
  return [...boxes.values()].map((same) => {
    const { low, high } = same[0] as Target;
    return { low, high, targets: same };
  });
}

/** Both halves of a part along one input; `undefined` where no float64 lies between. */
function halvesOf({ low, high, targets }: OpenPart, input: number): OpenPart[] | undefined {
  const from = low[input] as number;
  const to = high[input] as number;
  const middle = from + (to - from) / 2;
  if (!(middle > from && middle < to)) return undefined;
  return [
    { low, high: high.with(input, middle), targets },
    { low: low.with(input, middle), high, targets },
  ];
}

/**
 * Shows by bounds that no target has a point. A box of few inputs is halved where bounds leave targets open, along the input that
 * moves a constraint most; every part's center is looked at too, since a part that stays open may hold a point.
 *
 * @returns `empty`, `found` where a center was confirmed, `open` where bounds and halving end without an answer
 * @throws whatever `check` throws
 * @see Bunel et al. 2020, "Branch and Bound for Piecewise Linear Neural Network Verification"
 */
export async function refuteBySplitting(
  classifier: Classifier,
  targets: readonly Target[],
  { refuter, secondsLeft, check, confirm }: SplitOptions,
): Promise<'empty' | 'found' | 'open'> {
  const size = targets[0]?.low.length ?? 0;

  /** Looks at the center of a part. @returns the slopes of a target's constraints there, or `true` for a confirmed point */
  async function lookAt({ low, high, targets: open }: OpenPart): Promise<true | Float32Array> {
    const [target] = open as [Target];
    const { box } = target;
    const x = Float32Array.from(low, (from, i) => {
      const middle = Math.fround(from + ((high[i] as number) - from) / 2);
      return Math.min(Math.max(middle, box.low[i] as number), box.high[i] as number);
    });
    const cotangent = float32Tensor([1, classifier.classes]);
    for (const { outputs } of target.constraints) {
      for (const { index, weight } of outputs)
        cotangent.data[index] = (cotangent.data[index] as number) + weight;
    }
    const input = float32Tensor([1, ...classifier.inputShape], x);
    const looked = await classifier.gradient?.(input, { kind: 'cotangent', cotangent });
    if (looked === undefined) return new Float32Array(size);
    for (const one of open) {
      if (meets(one, x, looked.logits.data) && (await confirm({ target: one, x }))) return true;
    }
    return looked.gradient.data;
  }

  function stillOpen(part: OpenPart, deepest: number): readonly Target[] {
    let open = part.targets;
    for (const method of methods.slice(0, deepest + 1)) {
      if (open.length > 0 && refuter.secondsOf(method) <= secondsLeft())
        open = refuter.refute(part, open, method, check);
    }
    return open;
  }

  const stack = rootsOf(targets);
  for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
    check();
    const { low, high } = part;
    const varying = low.reduce((count, from, i) => count + Number(from < (high[i] as number)), 0);
    const splits = varying <= MOST_INPUTS;
    const open = stillOpen(part, splits ? 1 : 2);
    if (open.length === 0) continue;
    if (!splits) return 'open';
    const rest = { low, high, targets: open };
    const slopes = await lookAt(rest);
    if (slopes === true) return 'found';
    const steepest = slopes.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0) || 1;
    let best = 0;
    let most = -1;
    low.forEach((from, i) => {
      const width = (high[i] as number) - from;
      const moved = width * Math.max(Math.abs(slopes[i] as number), LEAST_SLOPE * steepest);
      if (moved > most) [best, most] = [i, moved];
    });
    const halves = halvesOf(rest, best);
    if (halves === undefined) return 'open';
    stack.push(...halves);
  }
  return 'empty';
}
