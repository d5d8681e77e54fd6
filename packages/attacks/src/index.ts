// Attacks
export { fgsm } from './fgsm.js';
export { pgd, type PgdOptions } from './pgd.js';
export { apgd, type ApgdOptions } from './apgd.js';
export { apgdTargeted, type ApgdTargetedOptions } from './apgd-targeted.js';
export { fab, fabTargeted, type FabOptions, type FabTargetedOptions } from './fab.js';
export { square, type SquareOptions } from './square.js';
export { eotPgd, type EotPgdOptions } from './eot-pgd.js';
export { presets } from './presets.js';
export type { Loss } from './losses.js';
// Attacks made of attacks
export { restarts } from './restarts.js';
export { worstOf } from './worst-of.js';
// Checking what was returned
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
