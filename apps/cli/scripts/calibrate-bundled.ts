// Calibrates the bundled networks at sigma 0.25 and writes what was measured beside them: deviations and selections on
// MNIST training images 0-149, a 7x7 denoiser from images 0-499. Run with: pnpm --filter floatpath run calibrate-bundled
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { defaultPreprocessing, rowsOf } from '@floatpath/core';
import { foldConstants, prependNormalization } from '@floatpath/engine';
import { modelHash, readModel } from '@floatpath/model-io';
import { loadEngine, readInputFile } from '@floatpath/node';
import {
  calibrateDeviations,
  measureSelections,
  withDenoiser,
  writeCalibration,
} from '@floatpath/sc-rfp';
import { integerGaussian } from '@floatpath/smoothing';
import { bundledModels } from '../src/bundled-models.js';
import { loadData } from '../src/load-data.js';

const SIGMA = 0.25;
const MEASURED = 150;
const DENOISED = 500;
const DRAWS = 64;

const preprocessing = defaultPreprocessing;
const { engine } = await loadEngine('ort');
const { images, labels } = await loadData(
  { kind: 'mnist', part: 'train' },
  { limit: DENOISED, skip: 0, every: 1 },
);
const measured = rowsOf(images, 0, MEASURED);
for (const { label, file, calibration: target } of bundledModels) {
  const { network, bytes } = readModel(await readInputFile(file), { name: label });
  const prepared = foldConstants(prependNormalization(network, preprocessing));
  const options = {
    noise: integerGaussian({ sigma: SIGMA, bounds: preprocessing.bounds }),
    draws: DRAWS,
    seed: 0,
    batchSize: DRAWS,
  };
  const hash = await modelHash(bytes, preprocessing);
  const deviations = await calibrateDeviations(engine, prepared, measured, {
    ...options,
    modelHash: hash,
  });
  const selections = await measureSelections(
    engine,
    prepared,
    measured,
    labels.slice(0, MEASURED),
    options,
  );
  // Templates per class are ten times as large as all else, and no command uses them.
  const complete = { ...deviations, selections: { ...selections, templates: [] } };
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, writeCalibration(withDenoiser(complete, images, 'conv')));
}
