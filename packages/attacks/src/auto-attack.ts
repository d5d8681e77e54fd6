import {
  type Attack,
  type AttackOptions,
  type AttackWarning,
  type Classifier,
  type Criterion,
  type Float32Tensor,
  type Region,
} from '@floatpath/core';
import { attackLedger, type AttackLedger } from './ledger.js';
import { autoAttackEntries, type AutoAttackVersion } from './auto-attack-versions.js';
import { specificationHash } from './specification-hash.js';

export interface AutoAttackLedger extends AttackLedger {
  /** Every attack with all its parameters, in order: what the hash is the sha256 of. */
  readonly specification: string;
  readonly hash: string;
}

export interface AutoAttack extends Attack {
  /** As `run`, with the whole account. */
  readonly ledger: (
    classifier: Classifier,
    x: Float32Tensor,
    criterion: Criterion,
    region: Region,
    options: AttackOptions,
  ) => Promise<AutoAttackLedger>;
}

/**
 * AutoAttack: a fixed sequence of attacks without parameters to choose, each from x on the rows that the earlier ones left.
 *
 * | version  | linf, l2 and boxes | l1 |
 * | -------- | ------------------ | -- |
 * | standard | APGD-CE, APGD-T, FAB-T, Square 5000 | 5 x APGD-CE and APGD-T (5 targets) with large radii, FAB-T, Square |
 * | plus     | 5 x APGD-CE, 5 x APGD-DLR, 5 x FAB, Square, APGD-T, FAB-T | the same |
 * | rand     | APGD-CE and APGD-DLR with 20 EOT iterations | the same |
 *
 * With fewer classes than a loss needs the margin takes its place, and there are as many targets as other classes; the warning
 * `few-classes` says so. For a linear criterion, which names no label, the attacks that go for a class are left out.
 *
 * @throws {FloatpathError} as `pgd`'s `run`
 * @see Croce, Hein 2020, "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free attacks";
 * versions as in the authors' code of 2023
 * @example
 * const { specification, hash, columns, result } = await autoAttack({ version: 'standard' }).ledger(
 *   classifier, x, criterion, { kind: 'ball', norm: 'linf', epsilon: 8 / 255 }, options);
 */
export function autoAttack({
  version = 'standard',
}: { readonly version?: AutoAttackVersion } = {}): AutoAttack {
  const name = `autoAttack(${version})`;
  const ledger: AutoAttack['ledger'] = async (classifier, x, criterion, region, options) => {
    const norm = region.kind === 'ball' ? region.norm : 'linf';
    const entries = autoAttackEntries(version, {
      norm,
      classes: classifier.classes,
      criterion: criterion.kind,
    });
    const specification = `${name}: ${entries.map(({ attack }) => attack.name).join('; ')}`;
    const account = await attackLedger(entries, classifier, x, criterion, region, options);
    const warnings = [...fewClasses(name, classifier.classes), ...account.result.warnings];
    return {
      ...account,
      result: { ...account.result, warnings },
      specification,
      hash: await specificationHash(specification),
    };
  };
  return { name, ledger, run: async (...call) => (await ledger(...call)).result };
}

function fewClasses(name: string, classes: number): readonly AttackWarning[] {
  if (classes < 2 || classes > 3) return [];
  return [
    {
      code: 'few-classes',
      message: `${name}: with ${classes} classes ${classes === 2 ? 'DLR and targeted DLR are' : 'targeted DLR is'} undefined; the margin took its place`,
    },
  ];
}
