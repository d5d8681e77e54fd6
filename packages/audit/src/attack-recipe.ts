import {
  attackLedger,
  attackOrigin,
  attackTable,
  attackTableLines,
  everyTarget,
  namedAttack,
  onGrid,
  queryAttacks,
  widerLedger,
  type AttackLedger,
  type AttackName,
  type AttackPlace,
  type LedgerEntry,
  type SearchAttack,
} from '@floatpath/attacks';
import {
  FloatpathError,
  requireArgument,
  rowsOf,
  type Classifier,
  type Criterion,
  type Float32Tensor,
  type Norm,
  type RunOptions,
} from '@floatpath/core';
import { attackStarts } from './attack-starts.js';
import { attackTargets, type TargetRule } from './attack-targets.js';
import { plural, quantity } from './story-words.js';

/** Images that are attacked together: what an interrupted run loses at most. */
const PART = 50;

export interface AttackRequest {
  readonly attacks: readonly AttackName[];
  readonly norm: Norm;
  /** In input units, from the smallest up. */
  readonly epsilons: readonly number[];
  readonly seed: number;
  readonly batchSize: number;
  /** What rows are to become; any other class unless given. */
  readonly targets?: TargetRule;
  /** Per row, of the attacks that ask without gradients; their own defaults unless given. */
  readonly queries?: number;
  /** A row is judged after rounding to 8 bits. */
  readonly onGrid: boolean;
}

export interface ImagesToAttack {
  /** In the classifier's input shape. */
  readonly images: Float32Tensor;
  readonly labels: Int32Array;
  readonly ids: Uint32Array;
}

/**
 * The attacks of a request, AutoAttack's versions spelled out; of several with one name the first.
 *
 * @param images - where attacks by labels find starts of a target; not needed to know what attacks cost
 * @throws {FloatpathError} `invalid-argument` for `queries` where no attack takes any
 */
export function requestedAttacks(
  { attacks, norm, targets, queries, onGrid: rounded }: AttackRequest,
  classes: number,
  images?: ImagesToAttack,
): readonly LedgerEntry[] {
  requireArgument(
    queries === undefined || attacks.some((name) => queryAttacks.includes(name)),
    `attack: expected --queries with ${queryAttacks.join(', ')} among the attacks, got ${attacks.join(', ')}; leave it out`,
  );
  const aimed = (attack: SearchAttack): SearchAttack =>
    targets === 'all' ? everyTarget(attack) : attack;
  const place: AttackPlace = {
    norm,
    classes,
    criterion: targets === undefined ? 'untargeted' : 'targeted',
    ...(queries === undefined ? {} : { queries }),
    ...(targets === undefined || images === undefined ? {} : { startsOf: attackStarts(images) }),
  };
  const entries = attacks.flatMap((name) => namedAttack(name, place));
  return entries
    .filter(({ id }, at) => entries.findIndex((entry) => entry.id === id) === at)
    .map(({ id, attack }) => ({ id, attack: rounded ? onGrid(aimed(attack)) : aimed(attack) }));
}

/** The most rows that a request sends through the network for so many images. */
export function attackCost(
  request: AttackRequest,
  classes: number,
  images: number,
): { readonly forward: number; readonly backward: number } {
  const costs = requestedAttacks(request, classes).map(({ attack }) => attack.spec.cost(classes));
  const total = (of: 'forward' | 'backward'): number =>
    images * request.epsilons.length * costs.reduce((sum, cost) => sum + cost[of], 0);
  return { forward: total('forward'), backward: total('backward') };
}

/** @throws {FloatpathError} `no-gradient`, naming the attacks that need one and one that does not */
function requireGradient(entries: readonly LedgerEntry[], classifier: Classifier): void {
  const climbing = entries.filter(({ attack }) => attack.spec.sees === 'gradients');
  if (climbing.length === 0 || classifier.gradient !== undefined) return;
  throw new FloatpathError(
    'no-gradient',
    `attack: expected a model with a gradient for ${climbing.map(({ id }) => id).join(', ')}, got one without; use --attack square, which needs scores, or hopskipjump or rays, which need labels alone`,
  );
}

/**
 * Attacks images part by part, each at one radius after the other; the ledgers of one radius merge to that of all images. What is broken
 * at one radius is not attacked again at the next.
 *
 * @param finished - ledgers that an earlier run of the same request has yielded
 * @throws {FloatpathError} `no-gradient` for an attack that climbs where the classifier has none; as the attacks do
 */
export async function* attackImages(
  classifier: Classifier,
  { images, labels, ids }: ImagesToAttack,
  request: AttackRequest,
  { finished, onProgress, ...options }: RunOptions & { readonly finished: readonly AttackLedger[] },
): AsyncGenerator<AttackLedger> {
  const { norm, epsilons, seed, batchSize, targets: rule } = request;
  const whole = { images, labels, ids };
  const entries = requestedAttacks(request, classifier.classes, whole);
  requireGradient(entries, classifier);
  const targets =
    rule === undefined
      ? undefined
      : await attackTargets(classifier, whole, rule, { ...options, batchSize, seed });
  const parts = Math.ceil(ids.length / PART);
  let known = finished.at(-1);
  for (let step = finished.length; step < parts * epsilons.length; step += 1) {
    const epsilon = epsilons[step % epsilons.length] as number;
    const from = Math.floor(step / epsilons.length) * PART;
    const to = Math.min(ids.length, from + PART);
    const own = labels.slice(from, to);
    const criterion: Criterion =
      targets === undefined
        ? { kind: 'untargeted', labels: own }
        : { kind: 'targeted', labels: own, targets: targets.slice(from, to) };
    const x = rowsOf(images, from, to);
    const region = { kind: 'ball', norm, epsilon } as const;
    const how = { ...options, seed, batchSize, images: ids.slice(from, to) };
    known =
      known === undefined || step % epsilons.length === 0
        ? await attackLedger(entries, classifier, x, criterion, region, how)
        : await widerLedger(known, entries, classifier, x, criterion, region, how);
    yield known;
    const done = from * epsilons.length + (to - from) * ((step % epsilons.length) + 1);
    onProgress?.({ stage: 'attack', done, total: ids.length * epsilons.length });
  }
}

/** The ledgers of one radius among all that {@link attackImages} has yielded. */
export function ledgersAt(
  { epsilons }: AttackRequest,
  at: number,
  parts: readonly AttackLedger[],
): readonly AttackLedger[] {
  return parts.filter((_, step) => step % epsilons.length === at);
}

/** What a ledger found, as lines: what ran, the attack table, and every warning once with the number of its rows. */
export function attackLines(
  ledger: AttackLedger,
  ids: Uint32Array,
  { norm, seed, epsilon }: Pick<AttackRequest, 'norm' | 'seed'> & { readonly epsilon: number },
): readonly string[] {
  const warned = new Map<string, { readonly message: string; readonly rows: Set<number> }>();
  for (const { code, message, rows = [] } of ledger.result.warnings) {
    const known = warned.get(code) ?? { message, rows: new Set() };
    warned.set(code, known);
    // Several attacks may say it of the same row.
    for (const row of rows) known.rows.add(row);
  }
  return [
    `${norm} <= ${quantity(epsilon)}, seed ${seed}`,
    ...ledger.columns.flatMap(({ id, name }) => {
      const origin = attackOrigin(id);
      return [`  ${id}: ${name}`, ...(origin === undefined ? [] : [`    after ${origin}`])];
    }),
    '',
    ...attackTableLines(attackTable(ledger, ids)),
    ...Array.from(
      warned,
      ([code, { message, rows }]) =>
        `warning ${code}${rows.size > 0 ? ` (${plural(rows.size, 'row')})` : ''}: ${message}`,
    ),
  ];
}
