// Preparing a network
export {
  analyze,
  inputRow,
  type Analysis,
  type AnalysisChoiceGate,
  type AnalysisElementwiseGate,
  type AnalysisGate,
  type AnalysisStep,
} from './analysis.js';
export { pieceAt, selectionsOfGate } from './selected.js';
export { rowGatesOf } from './row-gates.js';
export { gatePart, unitAt, unitIds, type GateLayout, type PatternLayout } from './layout.js';
// Observing selections
export { observe, observedRow, type Observation } from './observe.js';
export { NEAR } from './near-rows.js';
export { createObserver, selectionsAt, type Observed, type Observer } from './observer.js';
// Patterns
export {
  packPattern,
  patternBytes,
  patternDiff,
  patternDistance,
  unionOfUnits,
  unpackPattern,
  type Pattern,
} from './pattern.js';
export { createPatternDictionary, type PatternDictionary } from './pattern-dictionary.js';
export { createPatternHasher, type PatternHasher } from './pattern-hasher.js';
export { createFiringRates, type FiringRates, type SelectionCounts } from './firing-rates.js';
export { createFiringCounter, type FiringCounter } from './firing-counter.js';
// Fixed or float, by evidence
export { compareSelections, type Comparison } from './compare.js';
export { segmentBetween, type Segment } from './segment.js';
export type { Crossing } from './gate-ray.js';
export type { Kinks } from './kinks.js';
export { sampleFlips, type SampleOptions, type Sampling } from './sample.js';
export { proveFixed, type Proof } from './prove.js';
// Sound bounds over a region: intervals, backward substitution (CROWN), moved slopes (alpha-CROWN)
export { ballRegion, boxRegion, type InputRegion } from './bounds/region.js';
export { prepareBounds, type PreparedBounds } from './bounds/prepare.js';
export {
  boundOutputs,
  proveRegion,
  type BoundOptions,
  type LinearFunction,
  type OutputBounds,
} from './bounds/bound-outputs.js';
export type { BoundMethod } from './bounds/bound-rows.js';
export type { Ball } from './ball.js';
export { bracketOf, type GateBracket } from './bracket.js';
// Linear regions on a plane through three inputs
export { planeThrough, windowAround, type Plane, type Point } from './regions/plane.js';
export { linearRegions, type LinearRegion } from './regions/linear-regions.js';
export { winnersOn } from './regions/winners.js';
export { areaOf, centroid, clip, type LinearForm, type Polygon } from './regions/polygon.js';
