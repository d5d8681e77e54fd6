import { defaults } from '@floatpath/core';
import { FRESH_DRAWS, type AnchorKind, type Calibration } from '@floatpath/sc-rfp';
import { attackCost, type AttackRequest } from './attack-recipe.js';
import { MEASURED, type CalibrateRequest } from './calibrate-recipe.js';
import type { RefuteRequest } from './refute-recipe.js';
import {
  FRACTION_DRAWS,
  FRACTION_SIGMAS,
  reproductionSizes,
  type ReproductionSizeName,
} from './reproduce/sizes.js';
import { labelDraws, type AuditSettings } from './settings.js';

/** A gradient, in forward passes. */
export const GRADIENT = 3;
/** The paths of a failure, and its crossings: measured, within a factor of 3 on networks of 10^4 to 10^6 units. */
export const EXPLAINED = 1000;
/** A repressed network by itself, in passes of its plain one; beside the plain one, whose draws and layers it shares, it is one more. */
const REPRESSED = 2;

/** Forward passes of an attack, at most: rows that break early cost less. */
export function attackPasses(request: AttackRequest, classes: number, images: number): number {
  const { forward, backward } = attackCost(request, classes, images);
  return forward + GRADIENT * backward;
}

/** Forward passes of counting so many images, at most where a stopping rule may end early. */
export function certifyPasses(
  images: number,
  { n0, n }: { readonly n0: number; readonly n: number },
  repressed: boolean,
): number {
  return images * (n0 + n) * (repressed ? REPRESSED : 1);
}

/** Forward passes of a calibration: units measured under noise, and candidates counted on the held-out images. */
export function calibratePasses(images: number, request: CalibrateRequest): number {
  const { draws, heldOut, kappas, lambdas, n0, n, anchor, form } = request;
  const measured = Math.min(images - heldOut, MEASURED);
  const looks = anchor === 'global' || form === 'expectation' ? 2 : 1;
  const candidates = kappas.length * lambdas.length;
  return measured * draws * looks + heldOut * (n0 + n) * (1 + candidates);
}

/** Draws of the soft vote that an attack inside a radius climbs. */
const VOTES = 64;

/** Draws by which a center anchor finds its float units, at every point that an attack looks at. */
const CENTER_DRAWS = 500;

/** Forward passes of attacking one claim. */
function claimPasses(steps: number, n: number, anchor?: AnchorKind): number {
  const look = VOTES * GRADIENT + (anchor === 'center' ? CENTER_DRAWS : 0);
  return steps * look + replayPasses(1, n, anchor);
}

/** Forward passes of asking again at counterexamples to claims of n draws each. */
export function replayPasses(counterexamples: number, n: number, anchor?: AnchorKind): number {
  return counterexamples * FRESH_DRAWS * n * (anchor === undefined ? 1 : REPRESSED);
}

/** Forward passes of claiming radii and searching inside every one, to about a factor of 3: how many votes are close is not known. */
export function refutePasses(
  images: number,
  { n0, n, repressed }: Pick<RefuteRequest, 'n0' | 'n' | 'repressed'>,
  steps: number,
): number {
  const beside = repressed === undefined ? 0 : 1;
  return images * ((n0 + n) * (1 + beside) + claimPasses(steps, n, repressed?.anchor));
}

/** Forward passes of explaining every image, as if each failed. */
export function explainPasses(
  images: number,
  request: AttackRequest | null,
  classes: number,
): number {
  return (request === null ? 0 : attackPasses(request, classes, images)) + images * EXPLAINED;
}

/** 5 restarts of 40 steps; against the smoothed network 10 steps of 8 draws, and 32 that check. */
const AUDIT_ATTACKS = GRADIENT * (5 * 40 + 10 * 8) + 32;

/** Forward passes of auditing one network, as if each image failed, to about a factor of 3. */
export interface AuditPasses {
  /** Attacks and explanations, which are made one after the other. */
  readonly attacked: number;
  /** Draws, which workers share. */
  readonly counted: number;
}

/** @param variants - networks that are counted besides the plain one */
export function auditPasses(
  images: number,
  { n0, n, alpha }: Pick<AuditSettings, 'n0' | 'n' | 'alpha'>,
  variants: number,
): AuditPasses {
  return {
    attacked: images * (AUDIT_ATTACKS + EXPLAINED),
    counted: images * ((n0 + n) * (1 + variants) + 2 * labelDraws(alpha)),
  };
}

/** What `audit` counts besides the plain network: the center anchor; with a calibration the input anchor; with a denoiser its own and two controls. */
export function auditVariants(calibration: Calibration | undefined): number {
  if (calibration === undefined) return 1;
  return (calibration.denoisers ?? []).length === 0 ? 2 : 5;
}

/** Networks that a reproduction counts besides the plain one; plain and four anchors whose certificates it attacks. */
const REPRODUCED = { variants: 8, unconditional: 5 } as const;

/** Forward passes of the paper's experiment on one network with a denoiser. */
export function reproducePasses(name: ReproductionSizeName): number {
  const { images, n, fractionImages, surrogates, certificates, steps } = reproductionSizes[name];
  const { n0, alpha } = defaults;
  const { variants, unconditional } = REPRODUCED;
  const audited = auditPasses(images, { n0: 1, n: labelDraws(alpha), alpha }, 5);
  const fractions = fractionImages * FRACTION_SIGMAS.length * FRACTION_DRAWS;
  const counted = images * (n0 + n) * (1 + variants);
  const conditional = claimPasses(steps, n, 'center') + claimPasses(steps, n, 'signs-at-x');
  const attacked =
    surrogates * conditional + certificates * unconditional * claimPasses(steps, n, 'input');
  return audited.attacked + audited.counted + fractions + counted + attacked;
}
