// Noise
export {
  noiseKindOf,
  noiseKinds,
  type Noise,
  type NoiseDraw,
  type NoiseKind,
  type NoiseRequest,
} from './noise/noise.js';
export { gaussian } from './noise/gaussian.js';
export { integerGaussian } from './noise/integer-gaussian.js';
export { sharedDraws } from './noise/shared-draws.js';
export { laplace } from './noise/laplace.js';
export { linfThroughL2 } from './noise/linf-through-l2.js';
export { noiseOf, type NoiseSpec } from './noise/noise-of.js';
export { composedSigma } from './noise/composed-sigma.js';
export { splitting, type Splitting } from './noise/splitting.js';
export { uniform } from './noise/uniform.js';
export { gridPoint, type GridPoint } from './grid.js';
// Counts
export { labelCounter, type NamedClassifier } from './counter.js';
export { countDraws, type CountOptions, type DrawCounts } from './count.js';
// Bounds
export type { Bound, BoundInput, BoundSpec, ClassBound } from './bounds/bound.js';
export { anytime } from './bounds/anytime.js';
export { binary } from './bounds/binary.js';
export { boundOf } from './bounds/bound-of.js';
export { planned } from './bounds/planned.js';
export { selectionFree } from './bounds/selection-free.js';
export { smallestSample } from './bounds/smallest-sample.js';
export { staged } from './bounds/staged.js';
export { randomizationOf, stevens } from './bounds/stevens.js';
export { twoClass } from './bounds/two-class.js';
// Plans: sample sizes, bound and stopping rule, fixed before the first draw
export { looksOf, requirePlan, type Plan, type StoppingSpec } from './plan.js';
export { isEnough, plannedCertificate, type PlannedCounts } from './planned-certificate.js';
export { addCounts, countPlanned, type DrawSamples, type SampleCounts } from './count-planned.js';
// Certificates and predictions
export { certificateOf, type Certificate, type CertificateInput } from './certificate.js';
export { certify, type CertifyOptions, type CertifyResult } from './certify.js';
export {
  certifySplitting,
  countSplits,
  exactCertificateOf,
  type ExactCertificate,
} from './certify-splitting.js';
export { predict, predictionOf, type Prediction, type PredictOptions } from './predict.js';
// Counts files: all class counts, from which everything else follows
export type { CountsHeader, SplittingSpec } from './counts-file/header.js';
export { headerDifference, requireSameHeader } from './counts-file/header.js';
export type { CountsRow } from './counts-file/row.js';
export {
  headerLine,
  readCounts,
  readWholeCounts,
  rowLine,
  writeCounts,
  type Counts,
  type ReadCounts,
} from './counts-file/counts-file.js';
export { mergeCounts, type MergeOptions } from './counts-file/merge.js';
export {
  certificatesOf,
  noiseOfHeader,
  splittingOf,
  type CertificatesOptions,
  type CountedImage,
  type CountedImages,
} from './counts-file/certificates.js';
// Logs of other programs
export { dialects, type Dialect } from './logs/dialects.js';
export { isRight, type Log, type LogRow } from './logs/log.js';
export { readLog } from './logs/read-log.js';
export { logRowOf, writeLog } from './logs/write-log.js';
export { fitLog, type LogFit } from './logs/fit-log.js';
export {
  checkLog,
  type ImpossibleRow,
  type LogCheck,
  type LogCheckOptions,
} from './logs/check-log.js';
// Many images
export {
  averageCertifiedRadius,
  ceilingShare,
  certifiedAccuracy,
  type CertifiedAccuracy,
  type CertifiedAccuracyOptions,
  type CertifiedRow,
} from './certified-accuracy.js';
export { certificationReport, type CertificationReport } from './certification-report.js';
export { compareCounts } from './compare-counts.js';
export {
  compareCertified,
  type AccuracyDifference,
  type CompareOptions,
  type Comparison,
  type RadiusDifference,
} from './compare.js';
