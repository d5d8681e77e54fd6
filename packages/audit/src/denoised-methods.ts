import type { Arithmetic, Network } from '@floatpath/core';
import {
  averagedWithDenoised,
  behindDenoiser,
  calibrationHash,
  denoisedAnchor,
  type Calibration,
  type Variant,
} from '@floatpath/sc-rfp';
import type { PlannedMethod } from './method-summary.js';
import type { NetworkMethods } from './methods.js';
import { controlMethods } from './story-words.js';

/** Defaults of the row: chosen on held-out images of the project's own networks. */
const KAPPA = 1;
const LAMBDA = 0.5;

/**
 * SC-RFP with the denoised anchor and both of its controls; nothing where the calibration holds no denoiser.
 *
 * @param calibration - of this network and sigma
 */
export function denoisedMethods(
  network: Network,
  calibration: Calibration,
  arithmetic: Arithmetic,
): NetworkMethods {
  const { denoisers = [], deviations } = calibration;
  const denoiser = denoisers.find(({ kind }) => kind === 'conv') ?? denoisers[0];
  if (denoiser === undefined) return { planned: [], variants: [] };
  const anchor = denoisedAnchor({ kappa: KAPPA, deviations, denoiser });
  const from = `, calibration ${calibrationHash(calibration)}`;
  const common = { guarantee: 'unconditional', arithmetic, status: 'done' } as const;
  const planned: PlannedMethod[] = [
    {
      ...common,
      method: 'sc-rfp-denoised',
      specification: `${anchor.name}, path-sum, lambda ${LAMBDA}${from}`,
      controls: controlMethods,
    },
    {
      ...common,
      method: 'denoiser-alone',
      specification: `N(a(z)), ${denoiser.kind} denoiser a${from}`,
    },
    {
      ...common,
      method: 'average-with-denoised',
      specification: `(N(a(z)) + N(z)) / 2, ${denoiser.kind} denoiser a${from}`,
    },
  ];
  const variants: Variant[] = [
    { name: 'sc-rfp-denoised', anchor, form: 'path-sum', lambda: LAMBDA },
    { name: 'denoiser-alone', network: behindDenoiser(network, denoiser) },
    { name: 'average-with-denoised', network: averagedWithDenoised(network, denoiser) },
  ];
  return { planned, variants };
}
