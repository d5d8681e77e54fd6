import { hashOfModel, type AuditModel } from '@floatpath/audit';
import { FloatpathError, type Model, type Preprocessing } from '@floatpath/core';
import { readAnyModel } from '@floatpath/model-io';
import { readInputFile } from '@floatpath/node';
import { readCalibration, type Calibration } from '@floatpath/sc-rfp';
import { bundledModels } from './bundled-models.js';
import { about } from './errors.js';
import { filesBeside, modelFiles } from './model-files.js';

/**
 * Reads a model: a file, a folder with a `model.json`, or `MODEL+WEIGHTS`. An ONNX file or TensorFlow.js model with ops
 * that we do not know is taken as it is, to run on its own bytes.
 *
 * @throws {FloatpathError} naming the file and its fault
 */
export async function readModelFile(stated: string): Promise<Model> {
  const { model, weights, name } = modelFiles(stated);
  const bytes = await readInputFile(model);
  const options = {
    name,
    externalData: filesBeside(model),
    ...(weights === undefined ? {} : { weights: await readInputFile(weights) }),
  };
  return about(stated, () => readAnyModel(bytes, options));
}

/** @throws {FloatpathError} naming the file and its fault */
export async function readCalibrationFile(file: string): Promise<Calibration> {
  const text = new TextDecoder().decode(await readInputFile(file));
  return about(file, () => readCalibration(text));
}

/** Headings that tell the columns apart although files may share a name. */
function distinctLabels(models: readonly Model[]): string[] {
  return models.map(({ name }, i) => {
    const before = models.slice(0, i).filter((other) => other.name === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}

/**
 * The models that a person named, each with the calibration that was made for it.
 *
 * @throws {FloatpathError} naming the file and its fault; `not-calibrated` for a calibration of another model
 */
export async function loadModels(
  files: readonly string[],
  calibrationFiles: readonly string[],
  preprocessing: Preprocessing,
): Promise<readonly AuditModel[]> {
  const models = await Promise.all(files.map(readModelFile));
  const hashes = await Promise.all(models.map((model) => hashOfModel(model, preprocessing)));
  const calibrations = new Map<string, Calibration>();
  for (const file of calibrationFiles) {
    const calibration = await readCalibrationFile(file);
    if (!hashes.includes(calibration.modelHash)) {
      throw new FloatpathError(
        'not-calibrated',
        `--calibration: expected a calibration of an audited model under this preprocessing, got ${file} of another one; calibrate this model`,
      );
    }
    calibrations.set(calibration.modelHash, calibration);
  }
  const labels = distinctLabels(models);
  return models.map((model, i) => {
    const calibration = calibrations.get(hashes[i] as string);
    return { label: labels[i] as string, model, ...(calibration && { calibration }) };
  });
}

/** The bundled networks; their calibrations hold at one sigma and for inputs as they are. */
export async function loadBundledModels(
  sigma: number,
  preprocessing: Preprocessing,
): Promise<readonly AuditModel[]> {
  return Promise.all(
    bundledModels.map(async ({ label, file, calibration: calibrationFile }) => {
      const [model, calibration] = await Promise.all([
        readModelFile(file),
        readCalibrationFile(calibrationFile),
      ]);
      const hash = await hashOfModel(model, preprocessing);
      const fits = calibration.sigma === sigma && calibration.modelHash === hash;
      return { label, model, ...(fits && { calibration }) };
    }),
  );
}
