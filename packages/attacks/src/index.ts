// Attacks
export { fgsm } from './fgsm.js';
export { pgd, type PgdOptions } from './pgd.js';
export { bim, type BimOptions } from './bim.js';
export { miFgsm, type MiFgsmOptions } from './mi-fgsm.js';
export { apgd, type ApgdOptions } from './apgd.js';
export { apgdTargeted, type ApgdTargetedOptions } from './apgd-targeted.js';
export { fab, fabTargeted, type FabOptions, type FabTargetedOptions } from './fab.js';
export { deepFool, type DeepFoolOptions } from './deep-fool.js';
export {
  carliniWagnerL2,
  type CarliniWagnerL2Options,
  type CarliniWagnerOptions,
} from './carlini-wagner-l2.js';
export { carliniWagnerLinf } from './carlini-wagner-linf.js';
export { square, type SquareOptions } from './square.js';
export { hopSkipJump, type HopSkipJumpOptions, type StartsOf } from './hop-skip-jump.js';
export { rays, type RaysOptions } from './rays.js';
export { eotPgd, type EotPgdOptions } from './eot-pgd.js';
export { presets } from './presets.js';
export type { Loss } from './losses.js';
// Attacks made of attacks
export { restarts } from './restarts.js';
export { worstOf } from './worst-of.js';
export { guidedBy } from './guided-by.js';
export { everyTarget } from './every-target.js';
export { randomTargets } from './random-targets.js';
export { autoAttack, type AutoAttack, type AutoAttackLedger } from './auto-attack.js';
export {
  autoAttackEntries,
  type AutoAttackPlace,
  type AutoAttackVersion,
} from './auto-attack-versions.js';
export { attackLedger, type AttackLedger, type LedgerEntry } from './ledger.js';
export { minimalEpsilon } from './minimal-epsilon.js';
export { onGrid } from './on-grid.js';
// Many radii
export { atEpsilons } from './at-epsilons.js';
export { widerLedger } from './wider-ledger.js';
// What came of it
export {
  attackTable,
  attackTableLines,
  robustAccuracy,
  successRate,
  type AttackTable,
  type RowOutcome,
} from './attack-table.js';
export { mergeLedgers } from './merge-ledgers.js';
export {
  attackNames,
  attackOrigin,
  namedAttack,
  queryAttacks,
  type AttackName,
  type AttackPlace,
} from './named-attacks.js';
// Checking what was returned
export { checkClassifier } from './check-classifier.js';
export { checkAttack, type CheckedRow, type CheckOptions, type ClaimedAttack } from './check.js';
export { distance } from './distance.js';
// Writing an attack
export { attackOf, type AttackSpec, type SearchAttack } from './attack.js';
export type { Judge, Look } from './row-fate.js';
export {
  ask,
  type Answer,
  type Asking,
  type Attempt,
  type Problem,
  type Query,
  type Search,
} from './search.js';
export type { Goal, LabelGoal, LinearGoal } from './goal.js';
export type { FeasibleSet } from './feasible.js';
