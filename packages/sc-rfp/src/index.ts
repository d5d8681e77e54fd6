// Calibration
export { calibrateDeviations, type CalibrateOptions } from './calibration/calibrate.js';
export {
  assertDisjoint,
  requireCalibration,
  type Calibration,
  type CalibrationUse,
} from './calibration/calibration.js';
export { readCalibration, writeCalibration } from './calibration/calibration-file.js';
// Networks with repressed float paths
export {
  lambdaOutput,
  repressFloatPaths,
  type RepressForm,
  type RepressOptions,
} from './repress.js';
