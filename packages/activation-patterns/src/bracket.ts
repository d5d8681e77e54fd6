import { FloatpathError } from '@floatpath/core';
import type { PatternLayout } from './layout.js';
import type { Proof } from './prove.js';
import type { Sampling } from './sample.js';

/** What is known about the units of one gate: `fixed` <= truth <= units - `float`. */
export interface GateBracket {
  readonly gate: string;
  readonly units: number;
  /** Proved to keep their selection on the whole region. */
  readonly fixed: number;
  /** Seen to flip. */
  readonly float: number;
  /** Neither. */
  readonly undecided: number;
}

/**
 * Puts a proof and a sampling of the same ball together, gate by gate: the number of units that are fixed is at least `fixed`
 * and at most `units - float`. Without a proof none is known to be fixed, without a sampling none to be float.
 *
 * @throws {FloatpathError} `shape-mismatch` if they are of another network; `invalid-data` if a unit proved fixed was seen
 * to flip: one of the two is wrong, or they are of different balls
 */
export function bracketOf(
  layout: PatternLayout,
  { proof, sampling }: { readonly proof?: Proof; readonly sampling?: Sampling },
): GateBracket[] {
  for (const marks of [proof?.fixed, sampling?.seen]) {
    if (marks === undefined || marks.length === layout.units) continue;
    throw new FloatpathError(
      'shape-mismatch',
      `bracketOf: expected marks of ${layout.units} units, got ${marks.length}; they are of another network`,
    );
  }
  return layout.gates.map(({ name, start, units }) => {
    let [fixed, float] = [0, 0];
    for (let unit = start; unit < start + units; unit += 1) {
      const [proved, seen] = [proof?.fixed[unit] === 1, sampling?.seen[unit] === 1];
      if (proved && seen) {
        throw new FloatpathError(
          'invalid-data',
          `bracketOf: expected no unit both proved fixed and seen to flip, got unit ${unit - start} of "${name}"; give a proof and a sampling of the same ball`,
        );
      }
      if (proved) fixed += 1;
      if (seen) float += 1;
    }
    return { gate: name, units, fixed, float, undecided: units - fixed - float };
  });
}
