import { attackCost, type AttackRequest } from './attack-recipe.js';
import { MEASURED, type CalibrateRequest } from './calibrate-recipe.js';
import type { RefuteRequest } from './refute-recipe.js';
import { reproductionSizes, type ReproductionSizeName } from './reproduce/sizes.js';

/** A gradient, in forward passes. */
export const GRADIENT = 3;
/** The paths of a failure, and its crossings: measured, within a factor of 3 on networks of 10^4 to 10^6 units. */
export const EXPLAINED = 1000;
/** A repressed network, in passes of its plain one: 3 with WebAssembly, 7 natively. */
export const REPRESSED = 5;

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
  return measured * draws * looks + heldOut * (n0 + n) * (1 + REPRESSED * candidates);
}

/** Draws of the soft vote that an attack inside a radius climbs, and fresh ones per draw of a claim. */
const VOTES = 64;
const FRESH = 10;

/** Forward passes of claiming radii and searching inside every one, at most. */
export function refutePasses(
  images: number,
  { n0, n, repressed }: Pick<RefuteRequest, 'n0' | 'n' | 'repressed'>,
  steps: number,
): number {
  const one = repressed === undefined ? 1 : REPRESSED;
  return (
    images * ((n0 + n) * (one + (one > 1 ? 1 : 0)) + steps * VOTES * GRADIENT + FRESH * n * one)
  );
}

/** Forward passes of explaining every image, as if each failed. */
export function explainPasses(
  images: number,
  request: AttackRequest | null,
  classes: number,
): number {
  return (request === null ? 0 : attackPasses(request, classes, images)) + images * EXPLAINED;
}

/** Networks that a reproduction counts besides the plain one, and anchors whose radii it attacks. */
const VARIANTS = 12;

/** Forward passes of the paper's experiment on two networks. */
export function reproducePasses(name: ReproductionSizeName): number {
  const { images, n, surrogates, certificates, steps } = reproductionSizes[name];
  const claims = 2 * surrogates + 4 * certificates;
  const attacked = images * (GRADIENT * 5 * 40 + EXPLAINED);
  const counted = images * n * (1 + REPRESSED * VARIANTS);
  return 2 * (attacked + counted + claims * REPRESSED * (steps * VOTES * GRADIENT + FRESH * n));
}
