import { FloatpathError } from '@floatpath/core';
import type { Report, ReportSettings } from '../report.js';
import { printable } from '../story-words.js';

/** What must be equal for two reports to speak of the same images, attack and draws. */
const compared = [
  'data',
  'dataHash',
  'images',
  'seed',
  'norm',
  'epsilon',
  'sigma',
  'n0',
  'n',
  'alpha',
  'bounds',
  'attack',
  'smoothedAttack',
] as const satisfies readonly (keyof ReportSettings)[];

function notComparable(what: string, baseline: string, got: string): FloatpathError {
  return new FloatpathError(
    'invalid-data',
    `gate: expected the report's ${what} to be the baseline's, ${baseline}, got ${got}; audit with the baseline's settings, or accept the new ones with --update-baseline`,
  );
}

const shown = (value: unknown): string => printable(String(value));

/**
 * Two reports are compared image by image: same images with the same labels, same attack, noise and draws, and networks
 * of the same names.
 *
 * @throws {FloatpathError} `invalid-data`, naming the first difference
 */
export function requireComparable(report: Report, baseline: Report): void {
  for (const key of compared) {
    const [now, before] = [report.settings[key], baseline.settings[key]];
    if (String(now) !== String(before)) throw notComparable(key, shown(before), shown(now));
  }
  const labels = (of: Report): string => of.networks.map(({ label }) => shown(label)).join(', ');
  const names = (of: Report): string => JSON.stringify(of.networks.map(({ label }) => label));
  if (names(report) !== names(baseline))
    throw notComparable('networks', labels(baseline), labels(report));
  report.networks.forEach(({ id }, i) => {
    const before = baseline.rows.filter(({ network }) => network === baseline.networks[i]?.id);
    const now = report.rows.filter(({ network }) => network === id);
    const differs = now.findIndex(
      ({ image, label }, j) => image !== before[j]?.image || label !== before[j]?.label,
    );
    if (differs >= 0 || now.length !== before.length) {
      const at = Math.max(0, differs);
      const told = (row: (typeof now)[number] | undefined): string =>
        row === undefined ? 'none' : `image ${row.image} with label ${row.label}`;
      throw notComparable(`row ${at + 1}`, told(before[at]), told(now[at]));
    }
  });
}

/** What differs without making a comparison void, in sentences. */
export function comparisonNotes(report: Report, baseline: Report): string[] {
  const { engine } = report.settings;
  return engine === baseline.settings.engine
    ? []
    : [
        `the baseline was made with ${printable(baseline.settings.engine)}, this report with ${printable(engine)}: images whose two best labels are nearly tied may differ for that reason alone`,
      ];
}
