// Anchors: which units are float, and what that makes of a radius
export { inputAnchor, type InputAnchor, type InputAnchorOptions } from './anchors/input.js';
export { globalAnchor, type GlobalAnchor, type GlobalAnchorOptions } from './anchors/global.js';
export {
  denoisedAnchor,
  type DenoisedAnchor,
  type DenoisedAnchorOptions,
} from './anchors/denoised.js';
export { centerAnchor, type CenterAnchor, type CenterAnchorOptions } from './anchors/center.js';
export { signsAtXAnchor, type SignsAtXAnchor } from './anchors/signs-at-x.js';
export type {
  Anchor,
  AnchorObserver,
  ConditionalAnchor,
  ObserveOptions,
  UnconditionalAnchor,
} from './anchor.js';
export { guaranteeOf, type AnchorKind } from './guarantee.js';
// Denoisers, and what they do without any repression
export { requireDenoiser, type Denoiser, type DenoiserKind } from './denoise/denoiser.js';
export { wienerDenoiser, type WienerOptions } from './denoise/wiener.js';
export { averagedWithDenoised, behindDenoiser } from './denoise/controls.js';
// Writing further designs: copies of a network on other inputs, partitions made there, other outputs of float units
export { emitCopy } from './copy-network.js';
export { copiedGates, partitionOfCopy } from './anchors/partition-of-copy.js';
export { emitDenoised } from './denoise/denoiser.js';
export { layerByLayer, type FloatOutput } from './forms/layer-by-layer.js';
export { joinNetworks, type JoinPart } from './join.js';
// Calibration
export { calibrateDeviations, type CalibrateOptions } from './calibration/calibrate.js';
export { measureSelections, type SelectionStatistics } from './calibration/selections.js';
export {
  assertDisjoint,
  denoiserIn,
  requireCalibration,
  selectionsIn,
  withDenoiser,
  type Calibration,
  type CalibrationUse,
} from './calibration/calibration.js';
export {
  chooseSettings,
  chosenIn,
  type Candidate,
  type Choice,
  type Settings,
} from './calibration/choice.js';
export {
  calibrationHash,
  readCalibration,
  writeCalibration,
} from './calibration/calibration-file.js';
// Networks with repressed float paths
export { expectationForm, type ExpectationForm } from './forms/expectation.js';
export {
  formName,
  lambdaOutput,
  repressFloatPaths,
  type RepressForm,
  type RepressOptions,
} from './repress.js';
export { scRfp, type ScRfpOptions } from './sc-rfp.js';
export {
  createVariantFeeds,
  PLAIN_OUTPUT,
  sharedCounterNetwork,
  type NetworkVariant,
  type RepressedVariant,
  type Variant,
} from './variants.js';
// Certifying variants side by side, and what one gains over another
export {
  certifyVariants,
  type CertifiedVariant,
  type CertifyVariantsOptions,
  type LabelledImages,
} from './certify-variants.js';
export { CONTROLS, denoiserControls, gainsOf, gainWords, type Gain } from './gains.js';
// Two further unconditional designs: masks from a smoothed selector, and two looks under noise of their own
export {
  certifyTemplates,
  templateCertificate,
  templateNetworks,
  type TemplateOptions,
} from './designs/templates.js';
export {
  composedLooks,
  composedNetwork,
  twoLooks,
  type ComposedOptions,
} from './designs/composed-looks.js';
// Conditional anchors
export { createCenteredClassifier, type CenteredClassifier } from './centered-classifier.js';
export {
  surrogateRadius,
  surrogateRadiusOf,
  type SurrogateRadius,
  type SurrogateResult,
} from './surrogate.js';
export {
  averageSurrogateRadius,
  surrogateAccuracy,
  type SurrogateAccuracy,
  type SurrogateRow,
} from './surrogate-accuracy.js';
// Counterexamples to claimed radii
export {
  claimsOf,
  FRESH_DRAWS,
  refute,
  type Attempt,
  type Claim,
  type RefuteOptions,
  type RefuteResult,
} from './refute/refute.js';
export { REFUTATION_LEVEL, verdictOf, type Verdict } from './refute/verdict.js';
export {
  readRefutations,
  refutationFile,
  replayRefutations,
  type RefutationFile,
  type RefutationRecord,
  type RefutedTarget,
} from './refute/refutation-file.js';
