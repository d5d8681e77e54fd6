import { pgd } from '@floatpath/attacks';
import { createClassifier } from '@floatpath/engine';
import {
  certifyVariants,
  claimsOf,
  denoisedAnchor,
  denoiserIn,
  inputAnchor,
  PLAIN_OUTPUT,
  refute,
  scRfp,
  verdictOf,
  type RefuteOptions,
} from '@floatpath/sc-rfp';
import { expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import { bench, bounds, engine, images, missing } from './sc-rfp-setup.js';

const attack = pgd({ steps: 20, relativeStep: 0.2, objective: 'margin', randomStart: false });
const VOTES = 128;
/** The smallest radii of a set; the others count as standing. */
const ATTACKED = 10;
const PLANTED = 1.5;

/** Certificates speak of every input of the ball: the search is not held within the bounds of images. */
test.skipIf(missing)('no unconditional set is broken outside the bounds either', async () => {
  const { network, noise, calibration } = await bench('mnist-mlp-sigma0.5', 0.5);
  const { deviations } = calibration;
  const form = 'path-sum' as const;
  const anchors = {
    input: inputAnchor({ kappa: 0.67, deviations }),
    denoised: denoisedAnchor({ deviations, denoiser: denoiserIn(calibration, 'conv') }),
  };
  const made = Object.entries(anchors).map(([name, anchor]) => ({
    ...{ name, anchor, form },
    lambda: 0.5,
  }));
  const data = images('test', 0, 60);
  const counted = { noise, n0: 100, n: 1000, alpha: 0.001, seed: 0, batchSize: 500 };
  const certified = await certifyVariants(engine, network, made, data, counted);
  await using plain = await createClassifier(engine, network, { bounds });
  const options: RefuteOptions = {
    ...{ ...counted, attack, draws: VOTES, seed: 1, guide: plain },
    among: 'all',
  };
  const sets = [];
  for (const variant of certified) {
    const claims = claimsOf(variant, data);
    const smallest = claims.toSorted((a, b) => a.radius - b.radius).slice(0, ATTACKED);
    const repressed = made.find(({ name }) => name === variant.name);
    const own = repressed === undefined ? network : scRfp(network, repressed);
    await using classifier = await createClassifier(engine, own, { bounds });
    for (const factor of [1, PLANTED]) {
      const scaled = smallest.map((claim) => ({ ...claim, radius: factor * claim.radius }));
      const { verdict } = await refute(classifier, scaled, options);
      const { refuted } = verdict;
      const whole = verdictOf({ claims: claims.length, refuted, alpha: counted.alpha });
      sets.push({ set: variant.name, factor, attacked: scaled.length, ...whole });
    }
  }
  expect(sets.map(({ set }) => set)).toContain(PLAIN_OUTPUT);
  writeEvidence('sc-rfp-refute-everywhere', {
    claim:
      'certified radii of mnist-mlp-sigma0.5 at sigma .5 stand against searches among all grid points of the ball, plain and with each unconditional anchor; radii times 1.5 do not',
    command: 'npm run test:deep -- refute-everywhere',
    seed: 1,
    numbers: { attack: attack.name, draws: VOTES, n: counted.n, alpha: counted.alpha, sets },
  });
  for (const { set, factor, passes } of sets)
    expect([set, factor, passes]).toEqual([set, factor, factor === 1]);
});
