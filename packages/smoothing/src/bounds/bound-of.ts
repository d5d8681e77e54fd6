import { FloatpathError } from '@floatpath/core';
import { anytime } from './anytime.js';
import { binary } from './binary.js';
import type { Bound, BoundSpec } from './bound.js';
import { planned } from './planned.js';
import { selectionFree } from './selection-free.js';
import { staged } from './staged.js';
import { stevens } from './stevens.js';
import { twoClass } from './two-class.js';

/**
 * The bound that `spec` names.
 *
 * @throws {FloatpathError} `invalid-argument` for a kind that is none
 */
export function boundOf(spec: BoundSpec): Bound {
  switch (spec.kind) {
    case 'binary':
      return binary();
    case 'two-class':
      return twoClass();
    case 'planned':
      return planned();
    case 'selection-free':
      return selectionFree();
    case 'stevens':
      return stevens();
    case 'anytime':
      return anytime();
    case 'staged':
      return staged(spec.stages);
    default:
      throw new FloatpathError(
        'invalid-argument',
        `boundOf: expected binary, two-class, planned, selection-free, stevens, anytime or staged, got ${String((spec as { kind: unknown }).kind)}`,
      );
  }
}
