import type { ExplainedPoint } from './explain-point.js';

/** One line of a shortened margin ledger. */
export interface LedgerLine {
  readonly name: string;
  readonly share: number;
}

export interface LedgerView {
  readonly label: number;
  readonly rival: number;
  /** Margins at both ends. */
  readonly clean: number;
  readonly adversarial: number;
  /** What the fixed paths lost. */
  readonly fixed: number;
  /** The largest shares by size, and all others in one line. */
  readonly lines: readonly LedgerLine[];
  /** Units that switched. */
  readonly units: number;
  /** |fixed + all shares - drop|. */
  readonly residual: number;
}

/** A margin ledger short enough to be looked at: its `most` largest lines, the rest added up in one. */
export function ledgerView({ ledger, float }: ExplainedPoint, most: number): LedgerView {
  const { label, rival, margin, fixed, rows, residual } = ledger;
  const sorted = [...rows].sort((a, b) => Math.abs(b.share) - Math.abs(a.share) || a.unit - b.unit);
  const lines = sorted.slice(0, most).map(({ id, share }) => ({ name: id, share }));
  const others = sorted.slice(most);
  if (others.length > 0) {
    const share = others.reduce((sum, row) => sum + row.share, 0);
    lines.push({ name: `${others.length} other neurons`, share });
  }
  const { clean, adversarial } = margin;
  return { label, rival, clean, adversarial, fixed, lines, units: float, residual };
}
