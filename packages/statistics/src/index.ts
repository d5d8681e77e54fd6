// Normal distribution
export { normalCdf, normalSurvival } from './normal.js';
export { normalQuantile, normalUpperQuantile } from './normal-quantile.js';
// Binomial distribution
export {
  binomialLowerTail,
  binomialUpperTail,
  logBinomialLowerTail,
  logBinomialUpperTail,
} from './binomial-tail.js';
export { binomialUpperQuantile, minimumCount } from './count-thresholds.js';
// Confidence bounds
export { clopperPearsonLower, clopperPearsonUpper, shareInterval } from './clopper-pearson.js';
export { stevensLower } from './stevens.js';
export { empiricalBernsteinLower } from './empirical-bernstein.js';
export { dkwOneSided, dkwTwoSided } from './dkw.js';
// Bounds that hold at every number of trials at once
export { anytimeLogEvidence, anytimeLower, anytimeMinimumCount, type Mixture } from './anytime.js';
// Several classes
export {
  bonferroniBounds,
  goodmanIntervals,
  quesenberryHurstIntervals,
  type ClassIntervals,
} from './multinomial-intervals.js';
// Tests and intervals for paired results
export { fisherExact } from './fisher-exact.js';
export { mcnemarExact, twoSidedBinomialTest } from './two-sided-binomial-test.js';
export { holm } from './holm.js';
export {
  pairedBootstrap,
  type BootstrapInterval,
  type BootstrapOptions,
} from './paired-bootstrap.js';
// Printing
export { roundDown, roundUp } from './directed-decimal.js';
