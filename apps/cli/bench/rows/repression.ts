import type { Network } from '@floatpath/core';
import {
  calibrateDeviations,
  denoisedAnchor,
  denoiserIn,
  globalAnchor,
  inputAnchor,
  measureSelections,
  scRfp,
  selectionsIn,
  withDenoiser,
  type UnconditionalAnchor,
} from '@floatpath/sc-rfp';
import { integerGaussian } from '@floatpath/smoothing';
import { costOf, engine } from '../engine.js';
import { benchImages, benchNetwork, benchNetworks, bounds, type NetworkKey } from '../networks.js';
import type { Row } from '../row.js';

const ROWS = 64;

async function anchorOf(
  network: Network,
  sigma: number,
  kind: UnconditionalAnchor['kind'],
): Promise<UnconditionalAnchor> {
  const { images, labels } = benchImages(100, 'train');
  const noise = integerGaussian({ sigma, bounds });
  const options = { noise, draws: 16, seed: 0, batchSize: 64, modelHash: 'bench' };
  const measured = await calibrateDeviations(engine, network, images, options);
  const { deviations } = measured;
  if (kind === 'input') return inputAnchor({ kappa: 0.67, deviations });
  if (kind === 'denoised') {
    const clean = benchImages(1000, 'train').images;
    return denoisedAnchor({
      deviations,
      denoiser: denoiserIn(withDenoiser(measured, clean, 'conv'), 'conv'),
    });
  }
  const selections = await measureSelections(engine, network, images, labels, options);
  return globalAnchor({ q: 0.4, minority: selectionsIn({ ...measured, selections }).minority });
}

function anchorRow(
  key: NetworkKey,
  kind: UnconditionalAnchor['kind'],
  goal: number,
  shortfall: string,
): Row {
  return {
    id: `sc-rfp-${kind}-${key}`,
    what: `SC-RFP, ${kind} anchor, path-sum, ${key.toUpperCase()}, ${ROWS} rows: times the plain forward pass`,
    goal,
    sense: 'at most',
    rounds: 9,
    shortfall,
    async open() {
      const network = benchNetwork(key);
      const anchor = await anchorOf(network, benchNetworks[key].sigma, kind);
      const repressed = scRfp(network, { anchor, form: 'path-sum', lambda: 0.5 });
      return costOf(network, repressed, ROWS);
    },
  };
}

const fixedToo = 'the fixed paths repeat all layers but the first.';
const twoPasses =
  'all layers but the first run twice; in a profile their arithmetic is 1.86 plain passes, moving values in and out of the layout that convolutions run in 0.1, and masks 0.2.';
const threePasses =
  'not to be had in float32 here: N at z, N at a(z) for the masks, the fixed paths and the denoiser are 3.16 plain passes of arithmetic in a profile; masks and layouts add 0.7.';

export const repressionRows: readonly Row[] = [
  anchorRow('mlp', 'global', 1.5, fixedToo),
  anchorRow('mlp', 'input', 1.5, fixedToo),
  anchorRow('mlp', 'denoised', 3, threePasses),
  anchorRow('cnn', 'global', 2.2, twoPasses),
  anchorRow('cnn', 'input', 2.2, twoPasses),
  anchorRow('cnn', 'denoised', 3, threePasses),
];
