import type { ExplanationRow } from './explanation.js';

/** The failures whose margin ended lowest, first those of lower image index. */
export function worstRows(
  rows: readonly ExplanationRow[],
  most: number,
): readonly ExplanationRow[] {
  const end = ({ failure }: ExplanationRow): number => failure?.margin.adversarial ?? 0;
  return rows
    .filter(({ failure }) => failure !== null)
    .sort((a, b) => end(a) - end(b) || a.image - b.image)
    .slice(0, most);
}
