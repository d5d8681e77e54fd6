import { float32Tensor, requireArgument } from '@floatpath/core';
import type { AttackLedger } from './ledger.js';

/**
 * The ledger of rows that were attacked part by part, in order: rows do not influence each other, so that it is the ledger of one call
 * but for the warnings, which every part gives its own.
 *
 * @throws {FloatpathError} `invalid-argument` without a part, or if the parts differ in their attacks
 */
export function mergeLedgers(parts: readonly AttackLedger[]): AttackLedger {
  const [first, ...others] = parts;
  const namesOf = ({ columns }: AttackLedger): string =>
    columns.map(({ id, name }) => `${id}: ${name}`).join('; ');
  requireArgument(
    first !== undefined && others.every((part) => namesOf(part) === namesOf(first)),
    'mergeLedgers: expected ledgers of the same attacks, got none or different ones',
  );
  return others.reduce(joined, first);
}

function joined(a: AttackLedger, b: AttackLedger): AttackLedger {
  const offset = a.result.rows.length;
  const moved = (rows: readonly number[]): number[] => rows.map((row) => row + offset);
  const warningsOf = (warnings: AttackLedger['result']['warnings']): typeof warnings =>
    warnings.map((warning) =>
      warning.rows === undefined ? warning : { ...warning, rows: moved(warning.rows) },
    );
  const sum = (p: { forward: number; backward: number }, q: typeof p): typeof p => ({
    forward: p.forward + q.forward,
    backward: p.backward + q.backward,
  });
  const [, ...shape] = a.result.adversarial.shape;
  const data = new Float32Array(
    a.result.adversarial.data.length + b.result.adversarial.data.length,
  );
  data.set(a.result.adversarial.data);
  data.set(b.result.adversarial.data, a.result.adversarial.data.length);
  return {
    columns: a.columns.map((column, at) => {
      const next = b.columns[at] as typeof column;
      return {
        ...column,
        tried: [...column.tried, ...moved(next.tried)],
        broken: [...column.broken, ...moved(next.broken)],
        queries: sum(column.queries, next.queries),
        warnings: [...column.warnings, ...warningsOf(next.warnings)],
      };
    }),
    result: {
      adversarial: float32Tensor([offset + b.result.rows.length, ...shape], data),
      rows: [...a.result.rows, ...b.result.rows],
      queries: sum(a.result.queries, b.result.queries),
      warnings: [...a.result.warnings, ...warningsOf(b.result.warnings)],
    },
    inconclusive: [...a.inconclusive, ...moved(b.inconclusive)],
  };
}
