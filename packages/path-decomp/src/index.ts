// Splitting a network into fixed and float paths
export { splitPaths, splitWithChannels, type Split, type SplitOptions } from './split.js';
export type { Channels } from './channels.js';
export { fixedFirst, type FixedFirst } from './fixed-first.js';
export {
  fixedFirstPartition,
  floatInput,
  givenPartition,
  perImagePartition,
  selectionInput,
  type Partition,
} from './partition.js';
// Decomposing outputs
export {
  createDecomposer,
  type DecomposedRow,
  type Decomposer,
  type DecomposerOptions,
} from './decompose.js';
export { maskFeeds, provedNeighborhood, type Neighborhood } from './neighborhood.js';
export { withTolerance, type ToleratedSplit } from './tolerance-output.js';
export { createSumTolerance, unitRoundoff, type SumTolerance } from './tolerance.js';
// Explaining failures
export {
  diagnoseFailures,
  type AtBoth,
  type Diagnosis,
  type FailurePair,
  type GateSwitches,
} from './diagnose.js';
export {
  marginLedger,
  marginOf,
  strongestRival,
  type LedgerRequest,
  type LedgerRow,
  type MarginLedger,
} from './margin-ledger.js';
export { kinkList, SAME_TIME, type KinkList, type KinkRow } from './kink-list.js';
export { attribute, type Attribution, type PartAttribution } from './attributions.js';
export { pathWeights, type BothPathWeights, type PathWeights } from './path-weights.js';
export { preparePaths, type PointValues, type PreparedPaths } from './prepare-paths.js';
export { sumByChannel, sumByGate, type GroupSum, type UnitValue } from './unit-groups.js';
export { rowSum, ulpOf, type RowSum } from './ulps.js';
// Neurons that flip a failure back
export { flipBack, MOST_ENUMERATED, type FlipBack, type FlipBackRequest } from './flip-back.js';
export { createRestorer, type FlipTest, type Restorer, type RestoreRequest } from './restorer.js';
export { restoreInput, restoreUnits } from './restore-network.js';
// A guide for attacks on models whose gradients are masked
export { floatGateWidths } from './float-gate-widths.js';
export { softenGates, type GateWidths } from './soften-gates.js';
