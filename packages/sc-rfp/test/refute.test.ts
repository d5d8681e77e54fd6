import {
  float32Tensor,
  rowsOf,
  type Classifier,
  type Float32Tensor,
  type Network,
} from '@floatpath/core';
import { createClassifier, referenceEngine } from '@floatpath/engine';
import { gridPoint, integerGaussian, type Noise } from '@floatpath/smoothing';
import { describe, expect, it } from 'vitest';
import {
  centerAnchor,
  claimsOf,
  createCenteredClassifier,
  readRefutations,
  refutationFile,
  refute,
  replayRefutations,
  verdictOf,
  type Attempt,
  type CenteredClassifier,
  type Claim,
} from '../src/index.js';
import { deployed } from '../src/refute/deployed.js';
import { insideOnGrid } from '../src/refute/inside-on-grid.js';
import { softVote } from '../src/refute/soft-vote.js';
import { smallImages, smallNetwork } from './small-network.js';
import { stepAttack } from './step-attack.js';

const noise = integerGaussian({ sigma: 0.25, bounds: [0, 1] });
const engine = referenceEngine();

/** Class 1 iff x0 + x1 > 1: smoothed, the boundary stays where it is. Steep, so that soft votes are votes. */
const halfPlane: Network = {
  name: 'half plane',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
  outputs: [{ name: 'z', dtype: 'float32', shape: ['batch', 2] }],
  nodes: [{ name: 'affine', op: 'Gemm', inputs: ['x', 'W', 'b'], outputs: ['z'], attributes: {} }],
  constants: new Map([
    ['W', float32Tensor([2, 2], [0, 40, 0, 40])],
    ['b', float32Tensor([2], [0, -40])],
  ]),
};
const points = [
  [0.2, 0.4],
  [0.1, 0.3],
  [0.9, 0.4],
  [0.6, 0.8],
  [0.4, 0.3],
] as const;
const inputs = points.map((p) => gridPoint(float32Tensor([1, 2], p), [0, 1]).snapped);
const distanceOf = (x: Float32Tensor) =>
  Math.abs((x.data[0] as number) + (x.data[1] as number) - 1) / Math.SQRT2;
const claims = (scale: number): Claim[] =>
  inputs.map((x, image) => ({
    x,
    image,
    label: (x.data[0] as number) + (x.data[1] as number) > 1 ? 1 : 0,
    radius: scale * distanceOf(x),
  }));
const options = { noise, attack: stepAttack, n: 500, alpha: 0.001, seed: 9, batchSize: 500 };

describe('refute', () => {
  it('breaks no radius within the true distance', async () => {
    await using classifier = await createClassifier(engine, halfPlane, { bounds: [0, 1] });
    const result = await refute(classifier, claims(1), options);
    expect(result).toMatchObject({ guarantee: 'unconditional', arithmetic: 'grid' });
    expect(result.attempts.map(({ status }) => status)).toEqual(points.map(() => 'stands'));
    expect(result.verdict).toMatchObject({ passes: true, probability: 1, refuted: 0 });
    for (const { distance, radius } of result.attempts) expect(distance).toBeLessThan(radius);
  });

  it('catches the planted fault: radii 1.2 times too large', async () => {
    await using classifier = await createClassifier(engine, halfPlane, { bounds: [0, 1] });
    const faulty = claims(1.2);
    const result = await refute(classifier, faulty, options);
    expect(result.verdict.passes).toBe(false);
    for (const attempt of result.attempts) {
      // A point 1.2 times as far as the boundary has its class with probability Phi(.2 d / sigma).
      if (attempt.status === 'stands') continue;
      expect(attempt.predicted).toBe(1 - attempt.label);
      expect(gridPoint(attempt.adversarial, [0, 1]).correction).toBe(0);
      expect(attempt.distance).toBeLessThan(attempt.radius);
    }
    const of = { target: 'half plane', modelHash: 'abc', calibration: null };
    const file = refutationFile(of, faulty, result, options);
    expect(file.record.rows).toHaveLength(result.verdict.refuted);
    const { x, adversarial } = file;
    const text = JSON.stringify(file.record);
    const saved = readRefutations(text, { x, adversarial });
    const again = await replayRefutations(classifier, saved, { ...options, seed: 77 });
    expect(again.every(Boolean)).toBe(true);
    await expect(
      replayRefutations(classifier, file, {
        ...options,
        noise: integerGaussian({ sigma: 2 * noise.sigma, bounds: [0, 1] }),
      }),
    ).rejects.toMatchObject({ code: 'invalid-argument' });

    // Half the radius: saved by one who means it, none of them is inside.
    const half = faulty.map((claim) => ({ ...claim, radius: claim.radius / 2 }));
    const attempts = result.attempts.map((a) => ({ ...a, radius: a.radius / 2 }));
    const near = refutationFile(of, half, { ...result, attempts }, options);
    expect((await replayRefutations(classifier, near, options)).some(Boolean)).toBe(false);

    const other = float32Tensor(x.shape, x.data.slice());
    other.data[0] = (other.data[0] as number) + 1 / 255;
    const spoiled = [
      [text.replace(/"radius":0\.\d/, '"radius":0.9'), { x, adversarial }, 'invalid-data'],
      [text.replace('"sigma":0.', '"sigma":1.'), { x, adversarial }, 'invalid-data'],
      [text, { x: other, adversarial }, 'invalid-data'],
      [text, { x: rowsOf(x, 0, 1), adversarial }, 'invalid-data'],
      [text.replace('refutations@2', 'refutations@1'), { x, adversarial }, 'schema-version'],
      ['[', { x, adversarial }, 'malformed-file'],
      ['null', { x, adversarial }, 'malformed-file'],
    ] as const;
    for (const [json, inputs, code] of spoiled) {
      expect(json === text && inputs.x === x).toBe(false);
      expect(() => readRefutations(json, inputs)).toThrow(expect.objectContaining({ code }));
    }
  });

  it('looks among images, or among all inputs that a certificate speaks of', async () => {
    // Class 1 iff x1 - x0 > .5; from (0, .3) the shortest way there has x0 below 0.
    const steps = new Map([
      ['W', float32Tensor([2, 2], [0, -40, 0, 40])],
      ['b', float32Tensor([2], [0, -20])],
    ]);
    await using classifier = await createClassifier(
      engine,
      { ...halfPlane, constants: steps },
      { bounds: [0, 1] },
    );
    const { snapped: x } = gridPoint(float32Tensor([1, 2], [0, 0.3]), [0, 1]);
    const distance = (0.5 - (x.data[1] as number)) / Math.SQRT2;
    const claim = (radius: number) => [{ x, image: 0, label: 0, radius }];
    const faulty = claim(1.35 * distance);
    expect((await refute(classifier, faulty, options)).verdict.refuted).toBe(0);
    const result = await refute(classifier, faulty, { ...options, among: 'all' });
    expect(result.attempts[0]).toMatchObject({ status: 'refuted', predicted: 1 });
    const found = (result.attempts[0] as Attempt).adversarial;
    expect(found.data[0]).toBeLessThan(0);
    expect(gridPoint(found, [0, 1]).correction).toBe(0);
    expect(result.attempts[0]?.distance).toBeLessThan(1.35 * distance);
    const honest = await refute(classifier, claim(distance), { ...options, among: 'all' });
    expect(honest.verdict.refuted).toBe(0);
  });

  it('anchors a centered classifier again at every x that it tries', async () => {
    const centers: string[] = [];
    await using plain = await createClassifier(engine, halfPlane, { bounds: [0, 1] });
    const target: CenteredClassifier = {
      kind: 'centered',
      guarantee: 'conditional',
      name: 'half plane, turned around away from the claimed points',
      inputShape: [2],
      classes: 2,
      bounds: [0, 1],
      at: (x) => {
        centers.push(x.data.join());
        const home = inputs.some((input) => input.data.join() === x.data.join());
        return Promise.resolve(home ? plain : turned(plain));
      },
    };
    const result = await refute(target, claims(0.5), options);
    expect(result.guarantee).toBe('conditional');
    expect(new Set(centers).size).toBeGreaterThan(points.length * 2);
    expect(result.verdict.refuted).toBe(points.length);
  });

  it('searches along the gradients of a guide, too, where its own lead nowhere', async () => {
    await using plain = await createClassifier(engine, halfPlane, { bounds: [0, 1] });
    const masked: Classifier = {
      inputShape: [2],
      classes: 2,
      bounds: [0, 1],
      logits: (x) => plain.logits(x),
      gradient: async (x) => ({ logits: await plain.logits(x), gradient: float32Tensor(x.shape) }),
    };
    const alone = await refute(masked, claims(1.2), options);
    expect(alone.verdict.refuted).toBe(0);
    const guided = await refute(masked, claims(1.2), { ...options, guide: plain });
    expect(guided.verdict).toEqual((await refute(plain, claims(1.2), options)).verdict);
    expect(guided.verdict.refuted).toBeGreaterThan(0);
    // A guide shows the way only: what it leads to is judged by the target.
    const sound = await refute(masked, claims(1), { ...options, guide: plain });
    expect(sound.verdict.refuted).toBe(0);
  });

  it('needs gradients where the attack does', async () => {
    const scores: Classifier = {
      inputShape: [2],
      classes: 2,
      bounds: [0, 1],
      logits: (x) => Promise.resolve(float32Tensor([x.shape[0] ?? 0, 2])),
    };
    await expect(refute(scores, claims(1), options)).rejects.toMatchObject({ code: 'no-gradient' });
  });
});

/** The other class. */
function turned(classifier: Classifier): Classifier {
  const flip = (logits: Float32Tensor) =>
    float32Tensor(
      logits.shape,
      logits.data.map((_, i) => logits.data[i ^ 1] as number),
    );
  return {
    inputShape: [2],
    classes: 2,
    bounds: [0, 1],
    logits: async (x) => flip(await classifier.logits(x)),
    gradient: async (x, objective) => {
      if (objective.kind !== 'cotangent' || !classifier.gradient) throw new Error('cotangent only');
      const cotangent = flip(objective.cotangent);
      const { logits, gradient } = await classifier.gradient(x, { kind: 'cotangent', cotangent });
      return { logits: flip(logits), gradient };
    },
  };
}

describe('the smoothed votes that attacks climb', () => {
  const network = smallNetwork();
  // The same draws for every x, so that differences of votes are differences of one function.
  const fixed: Noise = { ...noise, rows: (request) => noise.rows({ ...request, image: 0 }) };
  const x = float32Tensor([1, 6], [0.3, 0.6, 0.2, 0.8, 0.5, 0.4]);

  it.each(['cross-entropy', 'margin'] as const)('have the gradient of %s', async (kind) => {
    await using classifier = await createClassifier(engine, network, { bounds: [0, 1] });
    const vote = softVote(deployed(classifier), {
      noise: fixed,
      draws: 50,
      seed: 1,
      image: 0,
      handicap: 0.3,
      label: 1,
    });
    const labels = Int32Array.of(1);
    const objective = (logits: Float32Array): number => {
      const [a = 0, y = 0, c = 0] = logits;
      if (kind === 'margin') return Math.max(a, c) - y;
      return Math.log(Math.exp(a) + Math.exp(y) + Math.exp(c)) - y;
    };
    const { gradient, logits } = (await vote.gradient?.(x, { kind, labels })) as {
      gradient: Float32Tensor;
      logits: Float32Tensor;
    };
    expect(Array.from(logits.data)).toEqual(Array.from((await vote.logits(x)).data));
    const step = 1e-3;
    for (let i = 0; i < 6; i += 1) {
      const [up, down] = await Promise.all(
        [step, -step].map(async (h) => {
          const moved = float32Tensor(
            [1, 6],
            x.data.map((v, j) => (j === i ? v + h : v)),
          );
          return objective((await vote.logits(moved)).data);
        }),
      );
      const slope = ((up as number) - (down as number)) / (2 * step);
      // Votes are float32: 1e-7 / 2e-3 of rounding, and some of 50 copies cross a kink on the way.
      expect(Math.abs(slope - (gradient.data[i] as number))).toBeLessThan(5e-3);
    }
  });

  it('reach through a centered classifier with its partition held', async () => {
    await using centered = await createCenteredClassifier(engine, network, {
      anchor: centerAnchor({ tau: 0.05, draws: 60 }),
      form: 'path-sum',
      lambda: 0.25,
      bounds: [0, 1],
      noise,
      seed: 2,
      batchSize: 60,
    });
    const frozen = await centered.at(x, 0);
    const cotangent = float32Tensor([1, 3], [1, -2, 0.5]);
    const answer = await frozen.gradient?.(x, { kind: 'cotangent', cotangent });
    const value = (logits: Float32Array) =>
      logits.reduce((sum, v, j) => sum + v * (cotangent.data[j] as number), 0);
    const step = 1e-3;
    for (let i = 0; i < 6; i += 1) {
      const ends = await Promise.all(
        [step, -step].map(async (h) => {
          const moved = float32Tensor(
            [1, 6],
            x.data.map((v, j) => (j === i ? v + h : v)),
          );
          return value((await frozen.logits(moved)).data);
        }),
      );
      const slope = ((ends[0] as number) - (ends[1] as number)) / (2 * step);
      expect(Math.abs(slope - (answer?.gradient.data[i] as number))).toBeLessThan(1e-2);
    }
    const margin = await frozen.gradient?.(x, { kind: 'margin', labels: Int32Array.of(0) });
    expect(margin?.gradient.shape).toEqual([1, 6]);
    await expect(
      frozen.gradient?.(x, { kind: 'margin', labels: Int32Array.of(3) }),
    ).rejects.toThrow(/expected labels in \[0, 3\)/);
  });
});

describe('insideOnGrid', () => {
  it('stays on the grid, in the bounds and within the radius', () => {
    const x = rowsOf(smallImages(1), 0, 1);
    const found = float32Tensor([1, 6], [2, -1, 0.5, 0.3, 0.7, 0.1]);
    const bounds = [0, 1] as const;
    for (const radius of [0.001, 0.1, 0.5, 3]) {
      const there = insideOnGrid(x, found, { radius, norm: 'l2', bounds }) as Float32Tensor;
      const gap = Math.hypot(...there.data.map((v, i) => v - (x.data[i] as number)));
      expect(gap).toBeLessThan(radius);
      expect(gridPoint(there, bounds).correction).toBe(0);
      expect(there.data.every((v) => v >= 0 && v <= 1)).toBe(true);
    }
    const off = float32Tensor([1, 1], [0.002]);
    expect(insideOnGrid(off, off, { radius: 1e-4, norm: 'l2', bounds })).toBeUndefined();
  });
});

describe('verdictOf', () => {
  it('passes what chance allows', () => {
    // P(Bin(100, .001) >= 2) = .0046, >= 3: 1.5e-4, >= 4: 3.6e-6.
    const passes = [0, 1, 2, 3, 4].map(
      (refuted) => verdictOf({ claims: 100, refuted, alpha: 0.001 }).passes,
    );
    expect(passes).toEqual([true, true, true, true, false]);
    expect(verdictOf({ claims: 0, refuted: 0, alpha: 0.001 }).passes).toBe(true);
  });

  it.each([
    { claims: 3, refuted: 4, alpha: 0.1 },
    { claims: 3, refuted: 0, alpha: 1 },
  ])('refuses %j', (counts) => {
    expect(() => verdictOf(counts)).toThrow(/verdictOf: expected/);
  });
});

describe('claimsOf', () => {
  const data = { images: smallImages(2), labels: [0, 1], ids: Uint32Array.of(4, 5) };

  it('takes what a variant certifies, right or wrong, and no abstention', () => {
    const certificate = {
      kind: 'certified',
      guarantee: 'unconditional',
      arithmetic: 'grid',
      norm: 'l2',
      radius: 0.3,
      label: 2,
      pLower: 0.9,
    } as const;
    const abstain = { kind: 'abstain', label: 1, pLower: 0.4 } as const;
    const rows = [
      { label: 0, certificate },
      { label: 1, certificate: abstain },
    ];
    const [claim, ...others] = claimsOf({ name: 'a', guarantee: 'unconditional', rows }, data);
    expect(claim).toMatchObject({ image: 4, label: 2, radius: 0.3 });
    expect(others).toEqual([]);
    const surrogate = { kind: 'surrogate', guarantee: 'conditional', arithmetic: 'grid' } as const;
    const conditional = [
      { label: 0, surrogate: abstain },
      { label: 1, surrogate: { ...surrogate, label: 1, surrogateRadius: 0.7, pLower: 0.9 } },
    ];
    expect(
      claimsOf({ name: 'b', guarantee: 'conditional', rows: conditional }, data),
    ).toMatchObject([{ image: 5, label: 1, radius: 0.7 }]);
  });
});
