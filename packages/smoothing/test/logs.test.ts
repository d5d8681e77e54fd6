import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { normalSurvival } from '@floatpath/statistics';
import { checkLog } from '../src/logs/check-log.js';
import { dialects } from '../src/logs/dialects.js';
import { isRight } from '../src/logs/log.js';
import { radiusOfCount, radiusStyle } from '../src/logs/printed-radius.js';
import { readLog } from '../src/logs/read-log.js';
import { secondsOf } from '../src/logs/seconds.js';
import { logRowOf, writeLog } from '../src/logs/write-log.js';

const shared = new URL('../../../../shared/logs/', import.meta.url);
const missing = !existsSync(shared);
const published = (name: string): string => readFileSync(new URL(name, shared), 'utf8');

const locuslab = dialects[0] as (typeof dialects)[number];
const head = 'idx\tlabel\tpredict\tradius\tcorrect\ttime\n';

describe('readLog', () => {
  it('knows durations', () => {
    expect(secondsOf('15.4')).toBe(15.4);
    expect(secondsOf('0:00:15.5')).toBe(15.5);
    expect(secondsOf('1 day, 2:03:04')).toBe(93_784);
    expect(secondsOf('later')).toBeNull();
  });

  it('reads the rows of everybody, and what each column means there', () => {
    const { rows } = readLog(`${head}0\t3\t3\t0.378\t1\t15.4\n20\t7\t-1\t0.0\t0\t0:00:15.6\n`);
    expect(rows[0]).toMatchObject({ index: 0, predicted: 3, radius: '0.378', seconds: 15.4 });
    expect(rows[1]).toMatchObject({ index: 20, predicted: null, seconds: 15.6 });
  });

  it('sees a running total in the column correct', () => {
    const log = readLog(
      `${head}0\t3\t3\t0.378\t1\t0:02:01.0\n1\t8\t8\t0.41\t2\t0:02:01.0\n2\t8\t-1\t0.0\t2\t0:02:01.0\n`,
    );
    expect(log.dialect.name).toBe('diffusion-denoised');
    expect(log.rows.filter(isRight)).toHaveLength(2);
    expect(checkLog(log, { sigma: 0.25, n: 100_000, alpha: 0.001 }).impossible).toEqual([]);
    expect(readLog(writeLog(log)).rows).toEqual(log.rows);
  });

  it('takes a negative radius of ars for the abstention that it is', () => {
    const text =
      'idx \t label \t predict \t linf_radius \t prob_lb \t correct \t time\n0 \t 3 \t 3 \t 0.00314 \t 0.7565 \t 1 \t 0:01:05.7\n100 \t 4 \t -1 \t -0.00194 \t 0.3338 \t 0 \t 0:01:07.5\n';
    const log = readLog(text);
    expect(log.dialect.name).toBe('ars');
    expect(log.rows[1]).toMatchObject({
      predicted: null,
      radius: '0.0',
      further: { prob_lb: '0.3338' },
    });
    expect(readLog(writeLog(log)).rows).toEqual(log.rows);
  });

  it('leaves a summary after the rows aside, and notices a torn last line', () => {
    const text =
      'idx\tlabel\tpredict\tpA\tsamplesize\tradius\tcorrect\ttime_forward\n0\t3\t3\t0.912\t14600\t0.677\t1\t2.134\n===Certification Summary(absolute)===\nACR: 0.5\n';
    const log = readLog(text);
    expect(log).toMatchObject({ dialect: { name: 'iss' }, torn: false });
    expect(log.trailer).toEqual(['===Certification Summary(absolute)===', 'ACR: 0.5']);
    expect(log.rows[0]?.further).toEqual({ pA: '0.912', samplesize: '14600' });
    expect(readLog(`${head}0\t3\t3\t0.378\t1\t15.4\n1\t4\t`)).toMatchObject({
      torn: true,
      trailer: [],
    });
  });

  it('reads what it writes in every dialect, and predictions without radii', () => {
    for (const { columns } of dialects) {
      const cells = columns.map((column) => (/radius|pA|prob|sigma/.test(column) ? '0.25' : '1'));
      const log = readLog(`${columns.join('\t')}\n${cells.join('\t')}\n`);
      expect(log.rows).toHaveLength(1);
      expect(readLog(writeLog(log))).toEqual(log);
    }
  });

  it.skipIf(missing)('reads the examples of every dialect', () => {
    const described = JSON.parse(published('dialects.json')) as {
      dialects: { name: string; header?: string | null; sample?: string }[];
    };
    const seen = described.dialects.flatMap(({ name, header, sample }) => {
      if (header === undefined || header === null || sample === undefined) return [];
      const log = readLog(`${header}\n${sample}`);
      expect(log.rows.length).toBeGreaterThan(0);
      return [[name, log.dialect.name]];
    });
    expect(seen.length).toBeGreaterThan(4);
    for (const [name, read] of seen) expect(read).toBe(name);
  });

  it('refuses other files and broken rows', () => {
    expect(() => readLog('a,b\n')).toThrow(expect.objectContaining({ code: 'unsupported-format' }));
    expect(() => readLog(`${head}0\t3\t3\t0.378\t1\t15.4\nx\n1\t3\t3\t0.378\t1\t15.4\n`)).toThrow(
      'expected a row in line 3, got "x"',
    );
  });
});

describe('writeLog', () => {
  it('prints radii that still hold, and reads back', () => {
    const certificate = {
      kind: 'certified',
      guarantee: 'unconditional',
      arithmetic: 'grid',
      norm: 'l2',
      label: 3,
      pLower: 0.9,
    } as const;
    const rows = [
      logRowOf({ index: 0, label: 3, certificate: { ...certificate, radius: 0.123_456_79 } }),
      logRowOf({ index: 1, label: 4, certificate: { kind: 'abstain', label: 4, pLower: 0.4 } }),
    ];
    const text = writeLog({ dialect: locuslab, rows });
    expect(text).toBe(`${head}0\t3\t3\t0.123456\t1\t0\n1\t4\t-1\t0.0\t0\t0\n`);
    expect(readLog(text).rows.map(isRight)).toEqual([true, false]);
  });
});

/** A log as Cohen's program prints it: three significant digits, rounded to nearest. */
function madeUp(n: number, alpha: number, sigma: number): string {
  const rows = Array.from({ length: 300 }, (_, i) => {
    // The radii of the largest counts are far enough apart to tell the count.
    const k = i < 200 ? n - i : Math.round(n * (1 - i / 650));
    const radius = radiusOfCount(k, { n, alpha, sigma });
    if (radius === 0) return `${i * 20}\t1\t-1\t0.0\t0\t1.0`;
    return `${i * 20}\t1\t1\t${Number(radius.toPrecision(3))}\t1\t1.0`;
  });
  return `${head}${rows.join('\n')}\n`;
}

describe('checkLog', () => {
  it.each([
    [100_000, 0.001],
    [100_000, 0.01],
    [10_000, 0.001],
  ])('finds n = %i and alpha = %d in a log', (n, alpha) => {
    const check = checkLog(readLog(madeUp(n, alpha, 0.25)), { sigma: 0.25 });
    expect(check.fits).toContainEqual({ n, alpha, rounding: 'nearest', unexplained: 0 });
    expect(check.impossible).toEqual([]);
    expect(check.overRounded.above).toBeGreaterThan(0);
    expect(check.overRounded.worst).toBeLessThan(0.0051);
  });

  it('accuses no row by a guess that is none: an n that is not usual has to be given', () => {
    const settings = { n: 2_345, alpha: 0.001, sigma: 0.25 };
    const rows = Array.from({ length: 60 }, (_, i) => {
      const radius = radiusOfCount(settings.n - 7 * i, settings);
      return `${i}\t1\t1\t${(Math.floor(radius * 1e6) / 1e6).toFixed(6)}\t1\t0`;
    });
    const log = readLog(`${head}${rows.join('\n')}\n`);
    const guessed = checkLog(log, { sigma: 0.25 });
    expect(guessed).toMatchObject({ setting: undefined, impossible: [] });
    expect(guessed.fits[0]?.unexplained).toBeGreaterThan(6);
    expect(checkLog(log, settings)).toMatchObject({ impossible: [] });
    expect(checkLog(log, settings).setting).toMatchObject({ n: 2_345, rounding: 'down' });
  });

  it('knows radii that were rounded down, and finds none of them above', () => {
    const setting = { n: 1_000, alpha: 0.001, sigma: 0.25 };
    const certificate = {
      kind: 'certified',
      guarantee: 'unconditional',
      arithmetic: 'grid',
      norm: 'l2',
      label: 1,
      pLower: 0.9,
    } as const;
    const rows = Array.from({ length: 100 }, (_, i) => {
      const radius = radiusOfCount(1_000 - 3 * i, setting);
      return logRowOf({ index: i, label: 1, certificate: { ...certificate, radius } });
    });
    const log = { dialect: locuslab, rows, trailer: [], torn: false };
    for (const check of [checkLog(log, { sigma: 0.25 }), checkLog(log, setting)]) {
      expect(check).toMatchObject({ impossible: [], setting: { ...setting, rounding: 'down' } });
      expect(check.overRounded).toEqual({ told: 100, above: 0, worst: 0 });
    }
  });

  it('finds what cannot be: wrong parameters, contradictions, gaps, doubles', () => {
    const text = madeUp(10_000, 0.001, 0.25);
    const wrong = checkLog(readLog(text), { sigma: 0.25, n: 10_000, alpha: 0.01 });
    expect(wrong.impossible.length).toBeGreaterThan(5);
    const lines = text.trimEnd().split('\n');
    const changed = [
      ...lines.slice(0, 5),
      '80\t1\t2\t0.3\t1\t1.0',
      '100\t1\t-1\t0.3\t0\t1.0',
      '120\t1\t1\t0.999\t1\t1.0',
      ...lines.slice(10, 20),
      lines[19],
    ];
    const check = checkLog(readLog(changed.join('\n')), { sigma: 0.25, n: 10_000, alpha: 0.001 });
    expect(check.impossible).toEqual([
      { index: 80, reason: 'correct is not predict = label' },
      { index: 100, reason: 'abstained with a radius' },
      { index: 360, reason: 'comes twice' },
      { index: 120, reason: 'no count gives this radius' },
    ]);
    expect(check.missing).toEqual([140, 160]);
  });

  it('reads the style of radii off them', () => {
    expect(radiusStyle(['0.1230', '1.0000'])).toEqual({ kind: 'decimals', digits: 4 });
    expect(radiusStyle(['0.5', '1.23', '0.0654'])).toEqual({ kind: 'significant', digits: 3 });
  });

  it.skipIf(missing)(
    'explains every row of a published CIFAR-10 log at n = 100,000, alpha = .001',
    () => {
      const log = readLog(published('cifar10-cohen-resnet110-sigma0.25.tsv'));
      const check = checkLog(log, { sigma: 0.25 });
      expect(check).toMatchObject({ rows: 10_000, impossible: [], missing: [], torn: false });
      expect(check.fits[0]).toEqual({
        n: 100_000,
        alpha: 0.001,
        rounding: 'nearest',
        unexplained: 0,
      });
      // Most of the radii whose count can be told lie above what that count certifies.
      expect(check.overRounded.above).toBeGreaterThan(check.overRounded.told / 4);
      expect(check.overRounded.told).toBeGreaterThan(1_000);
      const radii = log.rows.filter(isRight).map(({ radius = '0' }) => Number(radius));
      // Average certified radius .4240 and clean accuracy .767, computed elsewhere.
      expect(radii.reduce((sum, r) => sum + r, 0) / log.rows.length).toBeCloseTo(0.424, 3);
      expect(Math.abs(check.right / check.rows - 0.767)).toBeLessThan(0.0006);
      const wrong = checkLog(log, { sigma: 0.25, n: 100_000, alpha: 0.01 });
      expect(wrong.impossible.length).toBeGreaterThan(100);
    },
  );

  it.skipIf(missing)('reads an ImageNet log and one without rows', () => {
    const log = readLog(published('imagenet-replication-resnet50-sigma0.50.tsv'));
    const check = checkLog(log, { sigma: 0.5, n: 100_000, alpha: 0.001 });
    expect(check).toMatchObject({ rows: 500, impossible: [], missing: [] });
    const empty = checkLog(readLog(published('empty-header-only.tsv')), { sigma: 0.25 });
    expect(empty).toMatchObject({ rows: 0, fits: [], impossible: [], setting: undefined });
  });

  it('agrees with itself on the smallest radius above one', () => {
    const setting = { n: 1_000, alpha: 0.001, sigma: 1 };
    expect(normalSurvival(-radiusOfCount(1_000, setting))).toBeCloseTo(0.001 ** 0.001, 12);
  });
});
