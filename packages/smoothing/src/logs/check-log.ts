import { requireArgument } from '@floatpath/core';
import { fitLog, printedRadii, unexplainedRows, type LogFit } from './fit-log.js';
import { isRight, type Log, type LogRow } from './log.js';
import {
  possibleCounts,
  radiusOfCount,
  radiusStyle,
  type LogSetting,
  type RadiusStyle,
} from './printed-radius.js';

export interface ImpossibleRow {
  readonly index: number;
  readonly reason:
    | 'no count gives this radius'
    | 'abstained with a radius'
    | 'negative radius'
    | 'correct is not predict = label'
    | 'comes twice';
}

export interface LogCheck {
  readonly rows: number;
  readonly abstained: number;
  readonly right: number;
  /** Guesses that explain the log best; empty where n and alpha were given, or no radii of a fixed sigma are there. */
  readonly fits: readonly LogFit[];
  /** What radii were checked with; absent where nothing was given and no guess explains nine in ten of them. */
  readonly setting: LogSetting | undefined;
  readonly impossible: readonly ImpossibleRow[];
  /** Indices that the step between the others lets expect. */
  readonly missing: readonly number[];
  /** Radii whose count can be told exactly, how many of them were printed above what they certify, and by how much at most. */
  readonly overRounded: { readonly told: number; readonly above: number; readonly worst: number };
  readonly torn: boolean;
}

export interface LogCheckOptions {
  /** Of the noise, in input units. */
  readonly sigma: number;
  /** What the log is said to be made with; fitted unless both are given. */
  readonly n?: number;
  readonly alpha?: number;
}

/** A guess that leaves more of the radii is no guess of this log: its rows are not accused by it. */
const LEFT_BY_A_FIT = 0.1;

/** The most frequent distance between neighbors. */
function stepOf(indices: readonly number[]): number {
  const times = new Map<number, number>();
  indices.slice(1).forEach((index, i) => {
    const step = index - (indices[i] as number);
    times.set(step, (times.get(step) ?? 0) + 1);
  });
  return [...times].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 1;
}

function missingIndices(rows: readonly LogRow[]): number[] {
  const indices = [...new Set(rows.map(({ index }) => index))].sort((a, b) => a - b);
  const step = stepOf(indices);
  const missing: number[] = [];
  indices.slice(1).forEach((index, i) => {
    for (let at = (indices[i] as number) + step; at < index; at += step) missing.push(at);
  });
  return missing;
}

function contradictions({ rows, dialect }: Log): ImpossibleRow[] {
  const seen = new Set<number>();
  return rows.flatMap((row): ImpossibleRow[] => {
    const { index, predicted, radius = '0', saysCorrect } = row;
    const again = seen.has(index);
    seen.add(index);
    if (again) return [{ index, reason: 'comes twice' }];
    if (Number(radius) < 0) return [{ index, reason: 'negative radius' }];
    if (predicted === null && Number(radius) > 0)
      return [{ index, reason: 'abstained with a radius' }];
    const total = dialect.name === 'diffusion-denoised';
    if (!total && saysCorrect !== Number(isRight(row))) {
      return [{ index, reason: 'correct is not predict = label' }];
    }
    return [];
  });
}

function likelierRounding(
  radii: ReturnType<typeof printedRadii>,
  style: RadiusStyle,
  guess: Omit<LogSetting, 'rounding'>,
): LogSetting {
  const nearest = { ...guess, rounding: 'nearest' } as const;
  const down = { ...guess, rounding: 'down' } as const;
  const unexplained = unexplainedRows(radii, style, nearest);
  return unexplainedRows(radii, style, down, unexplained) < unexplained ? down : nearest;
}

/** Whether all radii of the dialect are sigma Phi^-1(bound of a count) with one sigma and one n. */
const isFixedSigma = ({ dialect }: Log): boolean =>
  dialect.name === 'locuslab' || dialect.name === 'diffusion-denoised';

/**
 * Checks a certification log row by row: finds n and alpha, rows that no count explains or that contradict themselves,
 * gaps, and radii that were rounded above what is certified.
 *
 * @throws {FloatpathError} `invalid-argument` unless sigma is above 0
 */
export function checkLog(log: Log, { sigma, n, alpha }: LogCheckOptions): LogCheck {
  requireArgument(sigma > 0, `checkLog: expected sigma above 0, got ${sigma}`);
  const { rows } = log;
  const radii = isFixedSigma(log) ? printedRadii(rows) : [];
  const style = radiusStyle(radii.map(([text]) => text));
  const given =
    n !== undefined && alpha !== undefined
      ? likelierRounding(radii, style, { n, alpha, sigma })
      : undefined;
  const fits = given === undefined && radii.length > 0 ? fitLog(log, sigma) : [];
  const printed = radii.reduce((sum, [, times]) => sum + times, 0);
  const fitted = fits.find((fit) => fit.unexplained <= printed * LEFT_BY_A_FIT);
  const chosen = given ?? fitted;
  const setting = chosen && {
    n: chosen.n,
    alpha: chosen.alpha,
    sigma,
    rounding: chosen.rounding,
  };
  const unexplained = new Set<string>();
  let [told, above, worst] = [0, 0, 0];
  if (setting !== undefined) {
    for (const [text, times] of radii) {
      const { least, most } = possibleCounts(text, style, setting);
      if (least > most) unexplained.add(text);
      if (least !== most) continue;
      told += times;
      const excess = Number(text) - radiusOfCount(least, setting);
      if (excess > 0) above += times;
      worst = Math.max(worst, excess);
    }
  }
  const unexplainedRows = rows
    .filter(({ radius = '0', predicted }) => predicted !== null && unexplained.has(radius))
    .map(({ index }): ImpossibleRow => ({ index, reason: 'no count gives this radius' }));
  return {
    rows: rows.length,
    abstained: rows.filter(({ predicted }) => predicted === null).length,
    right: rows.filter(isRight).length,
    fits,
    setting,
    impossible: [...contradictions(log), ...unexplainedRows],
    missing: missingIndices(rows),
    overRounded: { told, above, worst },
    torn: log.torn,
  };
}
