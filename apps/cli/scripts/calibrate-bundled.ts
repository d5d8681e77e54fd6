// Measures the deviations that the input anchor of the bundled networks needs, on MNIST training images 0-149 at
// sigma 0.25, and writes them beside the networks. Run with: pnpm --filter floatpath run calibrate-bundled
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { defaultPreprocessing } from '@floatpath/core';
import { foldConstants, prependNormalization } from '@floatpath/engine';
import { modelHash, readModel } from '@floatpath/model-io';
import { loadEngine, readInputFile } from '@floatpath/node';
import { calibrateDeviations, writeCalibration } from '@floatpath/sc-rfp';
import { integerGaussian } from '@floatpath/smoothing';
import { bundledModels } from '../src/bundled-models.js';
import { loadData } from '../src/load-data.js';

const SIGMA = 0.25;
const IMAGES = 150;
const DRAWS = 64;

const preprocessing = defaultPreprocessing;
const { engine } = await loadEngine('ort');
const { images } = await loadData(
  { kind: 'mnist', part: 'train' },
  { limit: IMAGES, skip: 0, every: 1 },
);
for (const { label, file, calibration: target } of bundledModels) {
  const { network, bytes } = readModel(await readInputFile(file), { name: label });
  const calibration = await calibrateDeviations(
    engine,
    foldConstants(prependNormalization(network, preprocessing)),
    images,
    {
      noise: integerGaussian({ sigma: SIGMA, bounds: preprocessing.bounds }),
      draws: DRAWS,
      seed: 0,
      batchSize: DRAWS,
      modelHash: await modelHash(bytes, preprocessing),
    },
  );
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, writeCalibration(calibration));
}
