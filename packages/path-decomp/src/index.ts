// Splitting a network into fixed and float paths
export { splitPaths, splitWithChannels, type Split, type SplitOptions } from './split.js';
export type { Channels } from './channels.js';
export {
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
export { createSumTolerance, unitRoundoff, type SumTolerance } from './tolerance.js';
// Explaining failures
export {
  diagnoseFailures,
  type AtBoth,
  type Diagnosis,
  type FailurePair,
  type GateSwitches,
} from './diagnose.js';
