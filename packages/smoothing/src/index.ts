// Noise
export type { Noise, NoiseDraw, NoiseRequest } from './noise/noise.js';
export { gaussian } from './noise/gaussian.js';
export { integerGaussian } from './noise/integer-gaussian.js';
export { gridPoint, type GridPoint } from './grid.js';
// Counts
export { labelCounter, type NamedClassifier } from './counter.js';
export { countDraws, type CountOptions, type DrawCounts } from './count.js';
// Certificates and predictions
export {
  certificateOf,
  topClassBound,
  type Certificate,
  type CertificateInput,
} from './certificate.js';
export { certify, type CertifyOptions, type CertifyResult } from './certify.js';
export { predict, predictionOf, type Prediction, type PredictOptions } from './predict.js';
// Many images
export {
  averageCertifiedRadius,
  ceilingShare,
  certifiedAccuracy,
  type CertifiedAccuracy,
  type CertifiedAccuracyOptions,
  type CertifiedRow,
} from './certified-accuracy.js';
export {
  compareCertified,
  type AccuracyDifference,
  type CompareOptions,
  type Comparison,
  type RadiusDifference,
} from './compare.js';
