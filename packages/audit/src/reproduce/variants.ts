import type { Network } from '@floatpath/core';
import {
  denoiserControls,
  type Anchor,
  type Calibration,
  type NetworkVariant,
} from '@floatpath/sc-rfp';
import { requestedAnchor, requestWords, type AnchorRequest } from '../anchor-request.js';
import type { RequestedNetwork } from '../anchor-request.js';

/** Every anchor at the setting that is measured elsewhere, by the name that tables give it. */
const requests: Readonly<Record<string, AnchorRequest>> = {
  'center (the paper)': { anchor: 'center', form: 'path-sum', lambda: 0 },
  'signs at x (released code)': { anchor: 'signs-at-x', form: 'layerwise', lambda: 0 },
  input: { anchor: 'input', form: 'path-sum', lambda: 0.5 },
  global: { anchor: 'global', form: 'path-sum', lambda: 0.75 },
  denoised: { anchor: 'denoised', form: 'path-sum', lambda: 0.5 },
  'denoised, careful': { anchor: 'denoised', form: 'path-sum', lambda: 0.75 },
};

export interface ReproducedVariant {
  readonly name: string;
  readonly specification: string;
  /** The repressed network; absent for a control. */
  readonly made?: RequestedNetwork<Anchor>;
  /** A control. */
  readonly network?: Network;
}

/**
 * Every anchor and both controls of the denoised one.
 *
 * @throws {FloatpathError} `not-calibrated` for a calibration without selections or a denoiser
 */
export function reproducedVariants(
  network: Network,
  calibration: Calibration,
): readonly ReproducedVariant[] {
  const anchors = Object.entries(requests).map(([name, request]): ReproducedVariant => {
    const made = requestedAnchor(request, calibration);
    return { name, made, specification: requestWords(made) };
  });
  const denoised = anchors.find(({ name }) => name === 'denoised')?.made?.anchor;
  const controls: readonly NetworkVariant[] =
    denoised?.kind === 'denoised' ? denoiserControls(network, denoised.denoiser) : [];
  const specifications = ['N(a(z))', '(N(a(z)) + N(z)) / 2'];
  return [
    ...anchors,
    ...controls.map(({ name, network: made }, i): ReproducedVariant => ({
      name,
      network: made,
      specification: specifications[i] as string,
    })),
  ];
}

/** Names of the denoised anchors, whose gains stand beside those of its controls. */
export const denoisedNames = Object.entries(requests)
  .filter(([, { anchor }]) => anchor === 'denoised')
  .map(([name]) => name);
