import { pgd } from '@floatpath/attacks';
import type { Engine, Network, RunOptions } from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import {
  claimsOf,
  createCenteredClassifier,
  refute,
  scRfp,
  type CertifiedVariant,
  type LabelledImages,
  type RefuteOptions,
} from '@floatpath/sc-rfp';
import type { Noise } from '@floatpath/smoothing';
import type { ReproducedRefutation } from './reproduction.js';
import type { ReproducedVariant } from './variants.js';

export interface RefutationOptions extends RunOptions {
  readonly noise: Noise;
  readonly bounds: readonly [number, number];
  readonly n: number;
  readonly alpha: number;
  /** Of the claims; the search takes the next one. */
  readonly seed: number;
  readonly batchSize: number;
  readonly steps: number;
  /** Claims per method, by what they are. */
  readonly surrogates: number;
  readonly certificates: number;
}

/** Attacks the first claims of every method, plain included, on the classifier that is deployed. */
export async function reproducedRefutations(
  engine: Engine,
  network: Network,
  certified: readonly CertifiedVariant[],
  variants: readonly ReproducedVariant[],
  data: LabelledImages,
  options: RefutationOptions,
): Promise<readonly ReproducedRefutation[]> {
  const { noise, bounds, seed, batchSize, steps } = options;
  const attack = pgd({
    steps,
    relativeStep: 4 / steps,
    objective: 'margin',
    randomStart: false,
  });
  await using plain = await createClassifier(engine, network, { bounds });
  const search: RefuteOptions = { ...options, attack, seed: seed + 1, guide: plain };
  const found: ReproducedRefutation[] = [];
  for (const variant of certified) {
    const { surrogates, certificates } = options;
    const most = variant.guarantee === 'conditional' ? surrogates : certificates;
    const claims = claimsOf(variant, data).slice(0, most);
    const { made, network: control } = variants.find((v) => v.name === variant.name) ?? {};
    if (control !== undefined) continue;
    const result = await (async () => {
      if (made === undefined) return refute(plain, claims, search);
      const { anchor } = made;
      if ('observe' in anchor) {
        const centered = { ...made, anchor, bounds, noise, seed, batchSize };
        await using target = await createCenteredClassifier(engine, network, centered);
        return await refute(target, claims, search);
      }
      const repressed = scRfp(network, { ...made, anchor });
      await using target = await createClassifier(engine, repressed, { bounds });
      return await refute(target, claims, search);
    })();
    found.push({
      name: variant.name,
      guarantee: result.guarantee,
      attack: attack.name,
      ...result.verdict,
    });
  }
  return found;
}
