import {
  FloatpathError,
  float32Tensor,
  GRID_STEPS,
  rowsOf,
  type Classifier,
  type Float32Tensor,
  type Objective,
} from '@floatpath/core';
import type { Noise } from '@floatpath/smoothing';
import { fingerprintOf, littleEndianBytes } from '../calibration/fingerprint.js';
import type { Deployed } from './deployed.js';
import { logMeanSoftmax, logSoftmax } from './log-softmax.js';

export interface SoftVoteOptions {
  readonly noise: Noise;
  /** Noisy copies per query. */
  readonly draws: number;
  readonly seed: number;
  /** Keys the draws of an anchor. */
  readonly image: number;
  /** Whose gradient is given instead of the target's own. */
  readonly guide?: Deployed;
  /** Added to the logit of `label`: how far past a tie a success must be, in nats. */
  readonly handicap: number;
  readonly label: number;
}

/**
 * The smoothed classifier that attacks climb: logits log( (1/m) sum_i softmax f_x(x + noise_i) ), with f_x made anew at every x
 * (adaptive), and their gradient with f_x held (expectation over transformation).
 *
 * The noise of a query is keyed by the bits of x: a function of x, with fresh draws at every step of an attack.
 *
 * @see Athalye, Carlini, Wagner 2018 (adaptive attacks); Salman et al. 2019, section 2.2 (the plug-in objective)
 */
export function softVote(target: Deployed, options: SoftVoteOptions): Classifier {
  const { inputShape, classes, bounds } = target;
  const { noise, draws, seed, image, handicap, label, guide = target } = options;
  const scale = noise.arithmetic === 'grid' ? (bounds[1] - bounds[0]) / GRID_STEPS : 1;

  function copiesAt(x: Float32Tensor): Float32Tensor {
    const size = x.data.length;
    const key = { seed, purpose: 'attack', image: keyOf(x), from: 0, count: draws, size } as const;
    const { values } = noise.rows(key).noise;
    const rows = values.map((v, i) => (x.data[i % size] as number) + scale * v);
    return float32Tensor([draws, ...inputShape], rows);
  }
  const voteOf = (logits: Float32Tensor): Float64Array => {
    const vote = logMeanSoftmax(logits);
    vote[label] = (vote[label] as number) + handicap;
    return vote;
  };
  const perRow = async <T>(x: Float32Tensor, of: (row: Float32Tensor, i: number) => Promise<T>) => {
    const made: T[] = [];
    for (let i = 0; i < (x.shape[0] as number); i += 1) made.push(await of(rowsOf(x, i, i + 1), i));
    return made;
  };
  const stacked = (rows: readonly ArrayLike<number>[], shape: readonly number[]): Float32Tensor => {
    const size = rows[0]?.length ?? 0;
    const out = float32Tensor([rows.length, ...shape]);
    rows.forEach((row, i) => out.data.set(row, i * size));
    return out;
  };

  return {
    inputShape,
    classes,
    bounds,
    async logits(x) {
      const votes = await perRow(x, async (row) => {
        const classifier = await target.at(row, image);
        return voteOf(await classifier.logits(copiesAt(row)));
      });
      return stacked(votes, [classes]);
    },
    async gradient(x, objective) {
      const rows = await perRow(x, async (row, i) => {
        const copies = copiesAt(row);
        const classifier = await guide.at(row, image);
        if (classifier.gradient === undefined) {
          throw new FloatpathError(
            'no-gradient',
            'refute: expected a classifier with gradients, got one without; use an engine whose ops can be differentiated, or a score-based attack',
          );
        }
        const logits = await classifier.logits(copies);
        const guided = voteOf(logits);
        const vote =
          guide === target ? guided : voteOf(await (await target.at(row, image)).logits(copies));
        const cotangent = copyCotangents(logits, voteCotangent(objective, guided, i));
        const { gradient } = await classifier.gradient(copies, { kind: 'cotangent', cotangent });
        return { vote, gradient: sumRows(gradient) };
      });
      return {
        logits: stacked(
          rows.map(({ vote }) => vote),
          [classes],
        ),
        gradient: stacked(
          rows.map(({ gradient }) => gradient),
          inputShape,
        ),
      };
    },
  };
}

/** 32 bits of the fingerprint of x. */
export function keyOf(x: Float32Tensor): number {
  return Number.parseInt(fingerprintOf(littleEndianBytes(x.data)).slice(8), 16);
}

/** The objective's derivative with respect to the votes of row `i`. */
function voteCotangent(objective: Objective, vote: Float64Array, i: number): Float64Array {
  const classes = vote.length;
  if (objective.kind === 'cotangent') {
    return Float64Array.from(objective.cotangent.data.subarray(i * classes, (i + 1) * classes));
  }
  const label = objective.labels[i] as number;
  const out =
    objective.kind === 'cross-entropy'
      ? logSoftmax(vote).map(Math.exp)
      : vote.map((_, j) => (j === rivalOf(vote, label) ? 1 : 0));
  out[label] = (out[label] as number) - 1;
  return out;
}

function rivalOf(vote: Float64Array, label: number): number {
  let best = label === 0 ? 1 : 0;
  vote.forEach((value, j) => {
    if (j !== label && value > (vote[best] as number)) best = j;
  });
  return best;
}

/**
 * The derivative of sum_j c_j log( (1/m) sum_i p_ij ) with respect to the logits of every copy:
 * sum_j c_j w_ij (1[j = k] - p_ik), w_ij = p_ij / sum_i' p_i'j.
 */
function copyCotangents(logits: Float32Tensor, c: Float64Array): Float32Tensor {
  const [copies = 0, classes = 0] = logits.shape;
  const log = Array.from({ length: copies }, (_, i) =>
    logSoftmax(Float64Array.from(logits.data.subarray(i * classes, (i + 1) * classes))),
  );
  const totals = logMeanSoftmax(logits).map((mean) => mean + Math.log(copies));
  const out = float32Tensor(logits.shape);
  log.forEach((row, i) => {
    const share = row.map((v, j) => (c[j] as number) * Math.exp(v - (totals[j] as number)));
    const sum = share.reduce((a, b) => a + b, 0);
    row.forEach((v, k) => {
      out.data[i * classes + k] = (share[k] as number) - sum * Math.exp(v);
    });
  });
  return out;
}

function sumRows({ shape, data }: Float32Tensor): Float64Array {
  const size = data.length / (shape[0] as number);
  const out = new Float64Array(size);
  data.forEach((value, i) => {
    out[i % size] = (out[i % size] as number) + value;
  });
  return out;
}
