import {
  attackLedger,
  attackTable,
  attackTableLines,
  namedAttack,
  type AttackLedger,
  type AttackName,
  type LedgerEntry,
} from '@floatpath/attacks';
import {
  rowsOf,
  type Classifier,
  type Criterion,
  type Float32Tensor,
  type Norm,
  type RunOptions,
} from '@floatpath/core';

/** Images that are attacked together: what an interrupted run loses at most. */
const PART = 50;

export interface AttackRequest {
  readonly attacks: readonly AttackName[];
  readonly norm: Norm;
  /** In input units. */
  readonly epsilon: number;
  readonly seed: number;
  readonly batchSize: number;
  /** Go for the class after the label, cyclically, instead of for any other. */
  readonly targeted: boolean;
}

export interface ImagesToAttack {
  /** In the classifier's input shape. */
  readonly images: Float32Tensor;
  readonly labels: Int32Array;
  readonly ids: Uint32Array;
}

/** The attacks of a request, AutoAttack's versions spelled out; of several with one name the first. */
export function requestedAttacks(
  { attacks, norm, targeted }: AttackRequest,
  classes: number,
): readonly LedgerEntry[] {
  const place = { norm, classes, criterion: targeted ? 'targeted' : 'untargeted' } as const;
  const entries = attacks.flatMap((name) => namedAttack(name, place));
  return entries.filter(({ id }, at) => entries.findIndex((entry) => entry.id === id) === at);
}

/** The most rows that a request sends through the network for so many images. */
export function attackCost(
  request: AttackRequest,
  classes: number,
  images: number,
): { readonly forward: number; readonly backward: number } {
  const costs = requestedAttacks(request, classes).map(({ attack }) => attack.spec.cost(classes));
  const total = (of: 'forward' | 'backward'): number =>
    images * costs.reduce((sum, cost) => sum + cost[of], 0);
  return { forward: total('forward'), backward: total('backward') };
}

/**
 * Attacks images part by part; the ledgers of the parts merge to that of all.
 *
 * @param finished - parts that an earlier run of the same request has finished
 */
export async function* attackImages(
  classifier: Classifier,
  { images, labels, ids }: ImagesToAttack,
  request: AttackRequest,
  { finished, onProgress, ...options }: RunOptions & { readonly finished: number },
): AsyncGenerator<AttackLedger> {
  const { norm, epsilon, seed, batchSize, targeted } = request;
  const entries = requestedAttacks(request, classifier.classes);
  for (let from = finished * PART; from < ids.length; from += PART) {
    const to = Math.min(ids.length, from + PART);
    const own = labels.slice(from, to);
    const targets = own.map((label) => (label + 1) % classifier.classes);
    const criterion: Criterion = targeted
      ? { kind: 'targeted', labels: own, targets }
      : { kind: 'untargeted', labels: own };
    yield await attackLedger(
      entries,
      classifier,
      rowsOf(images, from, to),
      criterion,
      { kind: 'ball', norm, epsilon },
      { ...options, seed, batchSize, images: ids.slice(from, to) },
    );
    onProgress?.({ stage: 'attack', done: to, total: ids.length });
  }
}

/** What a ledger found, as lines: what ran, the attack table, and every warning once with the number of its rows. */
export function attackLines(
  ledger: AttackLedger,
  ids: Uint32Array,
  { norm, epsilon, seed }: AttackRequest,
): readonly string[] {
  const rows = new Map<string, { message: string; rows: number }>();
  for (const { code, message, rows: own } of ledger.result.warnings) {
    const known = rows.get(code);
    rows.set(code, {
      message: known?.message ?? message,
      rows: (known?.rows ?? 0) + (own?.length ?? 0),
    });
  }
  return [
    `${norm} <= ${epsilon}, seed ${seed}`,
    ...ledger.columns.map(({ id, name }) => `  ${id}: ${name}`),
    '',
    ...attackTableLines(attackTable(ledger, ids)),
    ...Array.from(
      rows,
      ([code, { message, rows: count }]) =>
        `warning ${code}${count > 0 ? ` (${count} rows)` : ''}: ${message}`,
    ),
  ];
}
