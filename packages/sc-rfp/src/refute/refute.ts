import {
  FloatpathError,
  rowsOf,
  type Attack,
  type Arithmetic,
  type Bounds,
  type Classifier,
  type Float32Tensor,
  type Guarantee,
  type RunOptions,
} from '@floatpath/core';
import { countDraws, labelCounter, predict, type Noise } from '@floatpath/smoothing';
import type { CenteredClassifier } from '../centered-classifier.js';
import type { CertifiedVariant, LabelledImages } from '../certify-variants.js';
import { deployed, type Deployed } from './deployed.js';
import { distanceBetween, insideOnGrid } from './inside-on-grid.js';
import { keyOf, softVote } from './soft-vote.js';
import { REFUTATION_LEVEL, verdictOf, type Verdict } from './verdict.js';

/** "The smoothed classifier answers `label` everywhere closer to x than `radius`": a certificate, or what a surrogate radius suggests. */
export interface Claim {
  /** One input `[1, ...]`. */
  readonly x: Float32Tensor;
  /** Identity of the image. */
  readonly image: number;
  readonly label: number;
  /** Input units, in the norm of the noise. */
  readonly radius: number;
}

/** What became of one claim. */
export interface Attempt {
  readonly image: number;
  readonly label: number;
  readonly radius: number;
  readonly status: 'refuted' | 'stands';
  /** The input that was tried: on the 8-bit grid, closer to x than `radius`. */
  readonly adversarial: Float32Tensor;
  /** Float64 distance from x. */
  readonly distance: number;
  /** What the smoothed classifier answers there on fresh draws; the claimed label, or none, where the claim stands. */
  readonly predicted: number | undefined;
}

export interface RefuteOptions extends RunOptions {
  /** The noise that was claimed under. */
  readonly noise: Noise;
  /** Runs on a classifier whose logits are the smoothed votes; l2 balls for Gaussian noise. */
  readonly attack: Attack;
  /** Estimation draws of the claims; refutations are checked with ten times as many. */
  readonly n: number;
  /** Failure probability of every claim. */
  readonly alpha: number;
  /** Another one than that of the claims. */
  readonly seed: number;
  readonly batchSize: number;
  /** Noisy copies per query of the attack; 64 unless given. */
  readonly draws?: number;
  /**
   * One more search per claim along the gradients of this classifier, the plain network say. A partition that is made anew at every
   * input changes the deployed classifier in ways that its own gradient, which holds the partition, does not see.
   */
  readonly guide?: Classifier;
  /**
   * Where counterexamples are looked for. images: within the bounds, where something can be deployed; the default. all: every grid
   * point in the ball. A certificate speaks of all of them, and at the bounds, where most pixels of a digit are, half of the
   * directions are closed to images: so `all` sees much smaller faults.
   */
  readonly among?: 'images' | 'all';
}

export interface RefuteResult {
  readonly guarantee: Guarantee;
  readonly arithmetic: Arithmetic;
  readonly attack: string;
  readonly attempts: readonly Attempt[];
  /** For conditional claims: whether they could pass for certificates. */
  readonly verdict: Verdict;
}

/** A success must be this far past a tie, in nats of the mean softmax, to be worth checking by votes. */
const HANDICAP = 0.5;
/** Draws of a first look, which saves the check where the label holds clearly. */
const LOOK = 200;
const CLEAR = 0.6;
/** Draws of the prediction that a refutation rests on, per draw of its claim. */
export const FRESH_DRAWS = 10;

/** The claims that a certified variant makes: one per image that it does not abstain on. */
export function claimsOf(
  variant: CertifiedVariant,
  { images, ids }: LabelledImages,
): readonly Claim[] {
  const claim = (row: number, label: number, radius: number): Claim => ({
    x: rowsOf(images, row, row + 1),
    image: ids[row] as number,
    label,
    radius,
  });
  return variant.guarantee === 'unconditional'
    ? variant.rows.flatMap(({ certificate: c }, row) =>
        c.kind === 'certified' ? [claim(row, c.label, c.radius)] : [],
      )
    : variant.rows.flatMap(({ surrogate: s }, row) =>
        s.kind === 'surrogate' ? [claim(row, s.label, s.surrogateRadius)] : [],
      );
}

/**
 * Searches for counterexamples to claimed radii, against the classifier that is deployed: one that depends on the center is
 * anchored again at every input that the attack tries (adaptive), and at the input that is checked.
 *
 * A claim is refuted by an x' on the 8-bit grid, in float64 closer to x than the radius, where `predict` on 10 n fresh draws at
 * level 1e-6 returns another class. So a refutation is wrong with probability at most 1e-6; that a claim stands proves nothing.
 * The gradient holds the partition fixed. Claims do not influence each other.
 *
 * @param target - what the claims speak of
 * @throws {FloatpathError} `no-gradient` where the attack needs gradients and the engine has none; `invalid-argument` for options out
 * of range
 * @see Athalye, Engstrom, Ilyas, Kwok 2018 (EOT); Tramer et al. 2020, On adaptive attacks
 */
export async function refute(
  target: Classifier | CenteredClassifier,
  claims: readonly Claim[],
  options: RefuteOptions,
): Promise<RefuteResult> {
  const { noise, attack, alpha, signal, onProgress } = options;
  const classifier = deployed(target);
  const attempts: Attempt[] = [];
  for (const claim of claims) {
    signal?.throwIfAborted();
    const guides = options.guide === undefined ? [] : [deployed(options.guide)];
    let attempt: Attempt | undefined;
    for (const guide of [classifier, ...guides]) {
      if (attempt?.status === 'refuted') break;
      attempt = await attemptOf(classifier, claim, guide, options);
    }
    attempts.push(attempt as Attempt);
    onProgress?.({ stage: 'refute', done: attempts.length, total: claims.length });
  }
  const refuted = attempts.filter(({ status }) => status === 'refuted').length;
  return {
    guarantee: classifier.guarantee,
    arithmetic: noise.arithmetic,
    attack: attack.name,
    attempts,
    verdict: verdictOf({ claims: claims.length, refuted, alpha }),
  };
}

async function attemptOf(
  target: Deployed,
  claim: Claim,
  guide: Deployed,
  options: RefuteOptions,
): Promise<Attempt> {
  const { noise, among = 'images' } = options;
  const { x, image, label, radius } = claim;
  const [low, high] = target.bounds;
  const room: Bounds = among === 'images' ? [low, high] : [low - radius, high + radius];
  const found = await search(target, claim, guide, { ...options, room });
  const within = { radius, norm: noise.norm, bounds: target.bounds, room };
  const adversarial = insideOnGrid(x, found, within);
  if (adversarial === undefined) {
    throw new FloatpathError(
      'invalid-argument',
      `refute: expected images on the 8-bit grid, got image ${image} farther from it than its radius ${radius}; claims off the grid cannot be refuted on it`,
    );
  }
  const predicted = await check(target, adversarial, claim, options);
  return {
    image,
    label,
    radius,
    status: predicted === undefined || predicted === label ? 'stands' : 'refuted',
    adversarial,
    distance: distanceBetween(x, adversarial, noise.norm),
    predicted,
  };
}

async function search(
  target: Deployed,
  { x, image, label, radius }: Claim,
  guide: Deployed,
  options: RefuteOptions & { readonly room: Bounds },
): Promise<Float32Tensor> {
  const { noise, attack, seed, batchSize, draws = 64, room, signal } = options;
  const vote = { noise, draws, seed, image, handicap: HANDICAP, label, guide };
  const votes = { ...softVote(target, vote), bounds: room };
  const { adversarial } = await attack.run(
    votes,
    x,
    { kind: 'untargeted', labels: Int32Array.of(label) },
    { kind: 'ball', norm: noise.norm, epsilon: radius },
    { seed, images: Uint32Array.of(image), batchSize, ...(signal && { signal }) },
  );
  return adversarial;
}

/**
 * The label on fresh draws, undefined for an abstention. Draws and anchor are keyed by the bits of x', which no query of the
 * attack used for an anchor.
 */
export async function check(
  target: Deployed,
  adversarial: Float32Tensor,
  { label }: Pick<Claim, 'label'>,
  options: Pick<RefuteOptions, 'noise' | 'n' | 'seed' | 'batchSize' | 'signal'>,
): Promise<number | undefined> {
  const { noise, n, seed, batchSize, signal } = options;
  const image = keyOf(adversarial);
  const classifier = await target.at(adversarial, image, { ...(signal && { signal }) });
  const draws = { noise, seed, image, batchSize, ...(signal && { signal }) };
  const counter = labelCounter([{ name: 'deployed', classifier }]);
  const look = await countDraws(counter, adversarial, { ...draws, purpose: 'selection', n: LOOK });
  if ((look.counts[0]?.[label] ?? 0) > CLEAR * LOOK) return label;
  const fresh = await predict(classifier, adversarial, {
    ...draws,
    n: FRESH_DRAWS * n,
    alpha: REFUTATION_LEVEL,
  });
  return fresh.kind === 'label' ? fresh.label : undefined;
}
