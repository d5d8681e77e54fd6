import {
  requireArgument,
  type AttackOptions,
  type AttackResult,
  type AttackWarning,
  type Classifier,
  type Criterion,
  type Float32Tensor,
  type Region,
} from '@floatpath/core';
import type { AttackSpec, SearchAttack } from './attack.js';
import { checkClassifier } from './check-classifier.js';
import { runInTurn, type Turn } from './run-in-turn.js';

export interface LedgerEntry {
  /** Short, for column heads: `apgd-ce`. */
  readonly id: string;
  readonly attack: SearchAttack;
}

/** Rows times attacks: who tried which row, and who broke it. */
export interface AttackLedger {
  readonly columns: readonly (Turn & {
    readonly id: string;
    /** The attack's full specification. */
    readonly name: string;
    readonly sees: AttackSpec['sees'];
  })[];
  /** The rows as after all attacks. Its warnings are those below. */
  readonly result: AttackResult;
  /** Unbroken rows for which every gradient attack met zero gradients, NaN or infinity: neither broken nor robust. */
  readonly inconclusive: readonly number[];
}

/** Gradients per row below which an unbroken row says little. */
const WEAK_GRADIENTS = 100;
/** Share of rows that only an attack without gradients breaks, from which the gradients are taken for masked (AutoAttack's). */
const MASKED_SHARE = 0.002;

/**
 * Runs attacks in turn, each from x on the rows that no earlier one broke, and keeps account.
 *
 * @throws {FloatpathError} `invalid-argument` without an entry or with an id used twice; rejects as the attacks do
 */
export async function attackLedger(
  entries: readonly LedgerEntry[],
  classifier: Classifier,
  x: Float32Tensor,
  criterion: Criterion,
  region: Region,
  options: AttackOptions,
): Promise<AttackLedger> {
  requireArgument(
    entries.length > 0 && new Set(entries.map(({ id }) => id)).size === entries.length,
    `attackLedger: expected entries with different ids, got [${entries.map(({ id }) => id).join(', ')}]`,
  );
  const attacks = entries.map(({ attack }) => attack);
  const { result, turns } = await runInTurn(attacks, classifier, x, criterion, region, options);
  const columns = turns.map((turn, at) => {
    const { id, attack } = entries[at] as LedgerEntry;
    return { ...turn, id, name: attack.name, sees: attack.spec.sees };
  });
  const warnings = [
    ...(await classifierWarnings(columns, classifier, x, region, options)),
    ...result.warnings,
    ...maskedGradients(columns, result),
    ...weakBudget(entries, classifier, result),
  ];
  return {
    columns,
    result: { ...result, warnings },
    inconclusive: inconclusiveRows(columns, result),
  };
}

/** Attacks that see labels alone lose nothing where there are only labels or probabilities. */
async function classifierWarnings(
  columns: AttackLedger['columns'],
  ...call: Parameters<typeof checkClassifier>
): Promise<readonly AttackWarning[]> {
  const warnings = await checkClassifier(...call);
  if (columns.some(({ sees }) => sees !== 'labels')) return warnings;
  return warnings.filter(({ code }) => code !== 'labels-only' && code !== 'softmax-output');
}

function inconclusiveRows(
  columns: AttackLedger['columns'],
  { rows }: AttackResult,
): readonly number[] {
  const blind = columns
    .filter(({ sees }) => sees === 'gradients')
    .map(
      ({ warnings }) =>
        new Set(
          warnings
            .filter(({ code }) => code === 'zero-gradient' || code === 'not-finite')
            .flatMap((warning) => warning.rows ?? []),
        ),
    );
  return rows.flatMap(({ status }, row) =>
    status === 'failed' && blind.length > 0 && blind.every((set) => set.has(row)) ? [row] : [],
  );
}

function maskedGradients(
  columns: AttackLedger['columns'],
  { rows }: AttackResult,
): readonly AttackWarning[] {
  const firstGradient = columns.findIndex(({ sees }) => sees === 'gradients');
  const broken = columns
    .filter(({ sees }, at) => sees !== 'gradients' && firstGradient >= 0 && at > firstGradient)
    .flatMap((column) => column.broken);
  if (broken.length <= MASKED_SHARE * rows.length) return [];
  return [
    {
      code: 'score-based-beats-gradient',
      message: `attackLedger: an attack that sees no gradients broke ${broken.length} rows that no gradient attack before it broke; the gradients are masked or misleading`,
      rows: broken,
    },
  ];
}

/** Silent where there is no gradient to spend. */
function weakBudget(
  entries: readonly LedgerEntry[],
  { classes, gradient }: Classifier,
  { rows }: AttackResult,
): readonly AttackWarning[] {
  const gradients = entries.reduce(
    (sum, { attack }) => sum + attack.spec.cost(classes).backward,
    0,
  );
  const unbroken = rows.filter(({ status }) => status === 'failed').length;
  if (gradient === undefined || gradients >= WEAK_GRADIENTS || unbroken === 0) return [];
  return [
    {
      code: 'weak-budget',
      message: `attackLedger: at most ${gradients} gradients per row; ${unbroken} unbroken rows may fall to ${WEAK_GRADIENTS} or more, for example autoAttack({ version: 'standard' })`,
    },
  ];
}
