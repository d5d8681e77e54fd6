// The audit
export { audit, type AuditHost } from './audit.js';
export { estimateAudit, type EstimateHost } from './estimate.js';
// How long a run will take, before it begins
export { estimateByParts } from './estimate-parts.js';
export {
  attackPasses,
  calibratePasses,
  certifyPasses,
  explainPasses,
  refutePasses,
  replayPasses,
  reproducePasses,
} from './passes.js';
export { secondsPerPass, secondsPerPassOf, type TimedPass } from './seconds-per-pass.js';
export type { AuditModel } from './prepare.js';
export { requireLabels, requirePixels, type AuditData, type AuditSettings } from './settings.js';
// Its report
export {
  reportJsonSchema,
  reportSchema,
  type MethodSummary,
  type NetworkSummary,
  type Report,
  type ReportCertificate,
  type ReportDiagnosis,
  type ReportRow,
  type ReportSettings,
} from './report.js';
export { reportJson } from './report-json.js';
export { readReport } from './read-report.js';
export { rowsTsv } from './rows-tsv.js';
export { storyHeadLines, storyLines } from './story.js';
export type { StoryHead } from './story-blocks.js';
// The report as a page
export { reportHtml, type ReportHtmlOptions } from './html/report-html.js';
// Failures that are shown
export type { Exhibit, ExhibitGate, Flow, FlowEnd } from './exhibits/exhibit.js';
// Counting labels under noise, here or in workers
export {
  FIXED_POINT_METHOD,
  inProcessCounting,
  noiseOf,
  type CountedDraws,
  type Counting,
  type CountingOptions,
  type CountRequest,
  type FirstLayer,
  type NoiseSpec,
  type OpenCounter,
} from './counting.js';
// What a model file holds
export { inspectionLines, inspectModel, type InspectedNode, type Inspection } from './inspect.js';
// The gate: a report judged by rules and against a baseline
export { gate, type GateOptions } from './gate/gate.js';
export { parseRule, type Demand, type GatedMethod, type Measure, type Rule } from './gate/rule.js';
export { defaultBaselineRules } from './gate/default-rules.js';
export {
  verdictJsonSchema,
  verdictSchema,
  type DropOutcome,
  type Outcome,
  type ThresholdOutcome,
  type Verdict,
} from './gate/verdict.js';
export { verdictLines } from './gate/verdict-lines.js';
export { verdictJunit } from './gate/verdict-junit.js';
export { verdictSarif } from './gate/verdict-sarif.js';
export { verdictMarkdown } from './gate/verdict-markdown.js';
export { verdictAnnotations } from './gate/verdict-annotations.js';
// Counts files: draws image by image, and what the files say
export {
  classifierCounter,
  countedImages,
  countImages,
  countImageSplits,
  networkCounter,
  type CountImagesOptions,
  type ImageCounter,
  type ImagesToCount,
} from './count-images.js';
export { imageShard } from './image-shard.js';
export { smoothableModel, type SmoothableModel } from './smoothable.js';
// A bound in words, never below the number
export { atMost } from './at-most.js';
// What is attacked or smoothed: a graph, a file on its own bytes, any classifier
export { hashOfModel } from './analyzed-network.js';
export { countRight, imagesFor, modelSubject, requireOneAnswer, type Subject } from './subject.js';
export { certificationLines, comparisonLines, logCheckLines } from './certification-lines.js';
// What a person writes down once instead of as flags
export { configJsonSchema, type Config } from './config/schema.js';
export { readConfig } from './config/read-config.js';
// Attacking images, and the attack table
export {
  attackCost,
  attackImages,
  attackLines,
  ledgersAt,
  requestedAttacks,
  type AttackRequest,
  type ImagesToAttack,
} from './attack-recipe.js';
export { attackTargets, targetableImages, type TargetRule } from './attack-targets.js';
// SC-RFP: calibrating, exporting and refuting repressed networks
export {
  requestedAnchor,
  requestWords,
  type AnchorRequest,
  type RequestedNetwork,
} from './anchor-request.js';
export {
  frozenCounter,
  repressedTarget,
  type CountTarget,
  type CountTargetOptions,
} from './count-target.js';
export { certificationJson } from './certification-json.js';
export { countsChart, type NamedCounts } from './counts-curves.js';
export { calibrateModel, calibrationLines, type CalibrateRequest } from './calibrate-recipe.js';
export { checkExport, exportableModel, exportModel } from './export-recipe.js';
export { refuteModel, type RefuteOutcome, type RefuteRequest } from './refute-recipe.js';
export { replayModel, type ReplayOutcome, type ReplayRequest } from './replay-recipe.js';
// The paper's experiment
export { reproduce, type ReproductionSettings } from './reproduce/reproduce.js';
export type {
  ReproducedClaim,
  ReproducedMethod,
  ReproducedNetwork,
  Reproduction,
} from './reproduce/reproduction.js';
export { reproductionLines } from './reproduce/reproduction-lines.js';
export { reproductionPage } from './reproduce/reproduction-page.js';
export {
  REPRODUCED_SIGMA,
  reproductionSizes,
  type ReproductionSizeName,
} from './reproduce/sizes.js';
// A model on arrays, and as an ONNX file
export { runModel } from './run-recipe.js';
export { convertModel, type Conversion } from './convert-recipe.js';
// Counterexamples to vnnlib specifications
export { falsify, type Falsification, type FalsifyOptions } from './falsify/falsify.js';
export type { Counterexample } from './falsify/confirm.js';
export { falsificationText, falsificationValues } from './falsify/falsification-text.js';
// Explaining failures: diagnosis, margin ledgers, neurons that flip back
export { explain, type ExplainOptions, type ExplainOutcome } from './explain/explain.js';
export { explainAttacks } from './explain/explain-images.js';
export {
  checkRequest,
  explainableModel,
  requestedEvidence,
  type ExplainableModel,
  type ExplainRequest,
} from './explain/request.js';
export { givenAdversarial, type GivenAdversarial } from './explain/given-adversarial.js';
export { explanationLines } from './explain/explain-lines.js';
export { explanationJson, explanationTsv, readExplanation } from './explain/explain-files.js';
export { explanationHtml } from './explain/explain-html.js';
export {
  explanationJsonSchema,
  explanationSchema,
  type Explanation,
  type ExplanationRow,
} from './explain/explanation.js';
// Which units are fixed around images: proved, seen to flip, undecided
export { pathModel, type PathModel } from './path-model.js';
export {
  stabilityRows,
  type StabilityEvidence,
  type StabilityRequest,
  type StabilityRow,
} from './stability-recipe.js';
export { stabilityLines, stabilityTotals, type StabilityTotal } from './stability-lines.js';
// Linear regions on the plane through three images
export {
  regionLines,
  regionMap,
  type LabelledPiece,
  type RegionMap,
  type RegionsRequest,
} from './regions-recipe.js';
