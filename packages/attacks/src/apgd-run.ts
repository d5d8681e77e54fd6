import type { StreamKey } from '@floatpath/core';
import { apgdAscent, type Ascent } from './apgd-ascent.js';
import { apgdL1Ascent } from './apgd-l1-ascent.js';
import { fillApgdStart } from './apgd-start.js';
import { fillProjection } from './project.js';
import { scaledSet } from './scaled-set.js';
import type { Asking, Attempt } from './search.js';

/** On the way in, in units of epsilon; each takes three tenths of the iterations. */
const LARGER_RADII = [3, 2] as const;

export type ApgdSettings = Omit<Ascent, 'set' | 'start'> & {
  /** In l1, come in from three times the radius. */
  readonly largeRadii: boolean;
};

/** One run of APGD from one random start, in whatever region the problem has. */
export function* apgdRun(settings: ApgdSettings, stream: StreamKey): Asking<Attempt> {
  const { problem, iterations, largeRadii } = settings;
  const { region, set } = problem;
  const start = problem.x.slice();
  if (region.kind === 'box' || region.norm !== 'l1') {
    fillApgdStart(start, set, stream);
    return (yield* apgdAscent({ ...settings, set, start })).best;
  }
  const larger = largeRadii ? LARGER_RADII : [];
  fillApgdStart(start, scaledSet(problem, larger[0] ?? 1), stream);
  let zeroGradient = false;
  let left = iterations;
  for (const factor of larger) {
    const wider = scaledSet(problem, factor);
    const share = Math.max(1, Math.round(0.3 * iterations));
    const epsilon = factor * region.epsilon;
    fillProjection(start, wider);
    const stage = { ...settings, set: wider, start, iterations: share, epsilon };
    const { best, top } = yield* apgdL1Ascent(stage);
    zeroGradient ||= best.zeroGradient;
    start.set(top);
    left -= share;
  }
  fillProjection(start, set);
  const last = { ...settings, set, start, iterations: Math.max(1, left), epsilon: region.epsilon };
  const { best } = yield* apgdL1Ascent(last);
  return { ...best, zeroGradient: zeroGradient || best.zeroGradient };
}
