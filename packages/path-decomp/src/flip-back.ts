import { FloatpathError, type RunOptions } from '@floatpath/core';
import type { Neighborhood } from './neighborhood.js';
import type { FlipTest, Restorer, RestoreRequest } from './restorer.js';

/** With at most so many float units every subset is tried. */
export const MOST_ENUMERATED = 16;

/** Which float neurons bring the label back when they are restored. */
export type FlipBack =
  | {
      readonly kind: 'found';
      /** Positions of units, ascending. 1-minimal: without any single one of them the label does not come back. */
      readonly units: readonly number[];
      /** `proved`: every smaller set was tried and fails. `not-known`: smaller sets may exist. */
      readonly minimum: 'proved' | 'not-known';
      /** Float units that could have been restored. */
      readonly candidates: number;
    }
  /** Restoring all float units does not bring the label back; whether some of them do is not known. */
  | { readonly kind: 'none-found-from-all'; readonly candidates: number }
  /** Every subset was tried: none brings it back. */
  | { readonly kind: 'none'; readonly candidates: number };

export interface FlipBackRequest extends Omit<RestoreRequest, 'selections'> {
  /** Its selections are those at x. */
  readonly neighborhood: Neighborhood;
  /** Float units, most promising first, e.g. by share of a ledger: decides which of several 1-minimal sets is found. */
  readonly order: readonly number[];
}

/**
 * Finds neurons that flip a failure back: a set of float units whose restoring to S_u(x) z_u + c_u(x), with everything
 * downstream re-evaluated, gives x' its label again.
 *
 * With at most 16 float units all subsets are tried by size, so the set is a minimum, or there is none. With more, the search starts
 * from all of them and repeatedly keeps the last unit of the shortest sufficient prefix (the core of QuickXplain); what it ends with
 * is made 1-minimal. Sets run in batches on the engine; the answer is re-checked in float64, and searched again there if
 * the engine was wrong.
 *
 * @throws {FloatpathError} `invalid-argument` unless `order` names each float unit once; `shape-mismatch` for a neighborhood of
 * another network
 * @see Junker 2004, QUICKXPLAIN: Preferred Explanations and Relaxations for Over-Constrained Problems
 */
export async function flipBack(
  restorer: Restorer,
  { adversarial, label, neighborhood, order }: FlipBackRequest,
  run: RunOptions = {},
): Promise<FlipBack> {
  const named = new Set(order);
  const floats = neighborhood.float.reduce((count, mark) => count + mark, 0);
  if (named.size !== order.length || floats !== order.length) throw wrongOrder(floats);
  if (order.some((unit) => neighborhood.float[unit] !== 1)) throw wrongOrder(floats);
  const request = { adversarial, label, selections: neighborhood.selections };
  const exact = restorer.inFloat64(request);
  const fast = restorer.onEngine(request);
  const found = await search(fast, order, run);
  return (await stands(exact, found, order, run)) ? found : await search(exact, order, run);
}

function wrongOrder(floats: number): FloatpathError {
  return new FloatpathError(
    'invalid-argument',
    `flipBack: expected an order of the ${floats} float units of the neighborhood, each once`,
  );
}

async function search(
  test: FlipTest,
  order: readonly number[],
  run: RunOptions,
): Promise<FlipBack> {
  const candidates = order.length;
  if (candidates <= MOST_ENUMERATED) {
    const units = await smallest(test, order, run);
    return units === undefined
      ? { kind: 'none', candidates }
      : { kind: 'found', units: ascending(units), minimum: 'proved', candidates };
  }
  const [none = false, all = false] = await test([[], order], run);
  if (none) return { kind: 'found', units: [], minimum: 'proved', candidates };
  if (!all) return { kind: 'none-found-from-all', candidates };
  const units = await oneMinimal(test, await sufficient(test, order, run), run);
  const minimum = units.length <= 1 ? 'proved' : 'not-known';
  return { kind: 'found', units: ascending(units), minimum, candidates };
}

/** The answer in float64: what is found flips and nothing of it can be left out; what is said not to flip does not. */
async function stands(
  exact: FlipTest,
  found: FlipBack,
  order: readonly number[],
  run: RunOptions,
): Promise<boolean> {
  if (found.kind !== 'found') return !(await exact([order], run))[0];
  const [flips = false, ...without] = await exact([found.units, ...allButOne(found.units)], run);
  return flips && !without.includes(true);
}

/** The first of the smallest sets that flip, by enumeration. */
async function smallest(
  test: FlipTest,
  order: readonly number[],
  run: RunOptions,
): Promise<readonly number[] | undefined> {
  for (let size = 0; size <= order.length; size += 1) {
    const sets = subsets(order, size);
    const at = (await test(sets, run)).indexOf(true);
    if (at >= 0) return sets[at];
  }
  return undefined;
}

function subsets(order: readonly number[], size: number): (readonly number[])[] {
  const sets: number[][] = [];
  const grow = (set: readonly number[], from: number): void => {
    if (set.length === size) sets.push([...set]);
    else for (let i = from; i < order.length; i += 1) grow([...set, order[i] as number], i + 1);
  };
  grow([], 0);
  return sets;
}

/** Prefixes tried together when the shortest sufficient one is looked for. */
const PROBES = 32;

/**
 * A sufficient set that is mostly necessary. In every round the last unit of the shortest sufficient prefix found is kept for good, and
 * the units after it are dropped.
 */
async function sufficient(
  test: FlipTest,
  order: readonly number[],
  run: RunOptions,
): Promise<readonly number[]> {
  let kept: readonly number[] = [];
  let rest = order;
  while (rest.length > 0) {
    const flipsWith = async (lengths: readonly number[]): Promise<boolean[]> =>
      test(
        lengths.map((length) => [...kept, ...rest.slice(0, length)]),
        run,
      );
    if ((await flipsWith([0]))[0]) return kept;
    // `low` does not flip, `high` does: narrow until they are neighbors.
    let [low, high] = [0, rest.length];
    while (high - low > 1) {
      const step = Math.max(1, Math.ceil((high - low) / (PROBES + 1)));
      const lengths: number[] = [];
      for (let length = low + step; length < high; length += step) lengths.push(length);
      const first = (await flipsWith(lengths)).indexOf(true);
      const reached = first < 0 ? high : (lengths[first] as number);
      low =
        first < 0 ? (lengths.at(-1) ?? low) : first === 0 ? low : (lengths[first - 1] as number);
      high = reached;
    }
    kept = [rest[high - 1] as number, ...kept];
    rest = rest.slice(0, high - 1);
  }
  return kept;
}

/** Leaves out units as long as one can be left out. */
async function oneMinimal(
  test: FlipTest,
  units: readonly number[],
  run: RunOptions,
): Promise<readonly number[]> {
  let left = units;
  for (;;) {
    const smaller = allButOne(left);
    const at = (await test(smaller, run)).indexOf(true);
    if (at < 0) return left;
    left = smaller[at] as readonly number[];
  }
}

const allButOne = (units: readonly number[]): (readonly number[])[] =>
  units.map((_, i) => units.filter((__, j) => j !== i));

const ascending = (units: readonly number[]): readonly number[] => [...units].sort((a, b) => a - b);
