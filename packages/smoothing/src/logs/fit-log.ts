import type { Log, LogRow } from './log.js';
import {
  possibleCounts,
  radiusStyle,
  type LogSetting,
  type RadiusStyle,
  type Rounding,
} from './printed-radius.js';

/** How well a guess explains a log. */
export interface LogFit {
  readonly n: number;
  readonly alpha: number;
  readonly rounding: Rounding;
  /** Rows that no count gives under this guess. */
  readonly unexplained: number;
}

const ALPHAS = [0.001, 0.01, 0.05, 0.005, 0.002, 0.0005, 0.0001, 0.1];
const SIZES = [100_000, 10_000, 1_000, 50_000, 20_000, 200_000, 5_000, 500, 1_000_000];

/** How often each radius above 0 was printed, largest first: those can be reached by the fewest counts. */
export function printedRadii(rows: readonly LogRow[]): readonly (readonly [string, number])[] {
  const times = new Map<string, number>();
  for (const { radius = '0', predicted } of rows) {
    if (predicted !== null && Number(radius) > 0) times.set(radius, (times.get(radius) ?? 0) + 1);
  }
  return [...times].sort(([a], [b]) => Number(b) - Number(a));
}

/** Rows that no count explains; counting stops beyond `limit`. */
export function unexplainedRows(
  radii: readonly (readonly [string, number])[],
  style: RadiusStyle,
  setting: LogSetting,
  limit = Infinity,
): number {
  let unexplained = 0;
  for (const [text, times] of radii) {
    const { least, most } = possibleCounts(text, style, setting);
    if (least > most) unexplained += times;
    if (unexplained > limit) break;
  }
  return unexplained;
}

/**
 * The usual (n, alpha) that leave the fewest rows unexplained; several where the log does not tell them apart, the
 * smallest n first: it allows the fewest radii, so that explaining them all says most. Every radius of such a log is sigma Phi^-1 of a Clopper-Pearson bound of a whole count, so a wrong guess shows.
 */
export function fitLog({ rows }: Pick<Log, 'rows'>, sigma: number): readonly LogFit[] {
  const radii = printedRadii(rows);
  if (radii.length === 0) return [];
  const style = radiusStyle(radii.map(([text]) => text));
  let best = Infinity;
  const fits: LogFit[] = [];
  for (const n of SIZES) {
    for (const alpha of ALPHAS) {
      for (const rounding of ['nearest', 'down'] as const) {
        const setting = { n, alpha, sigma, rounding };
        const unexplained = unexplainedRows(radii, style, setting, best);
        if (unexplained > best) continue;
        best = unexplained;
        fits.push({ n, alpha, rounding, unexplained });
      }
    }
  }
  return fits.filter((fit) => fit.unexplained === best).sort((a, b) => a.n - b.n);
}
