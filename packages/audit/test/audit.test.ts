import type { Engine, FloatpathError } from '@floatpath/core';
import { expect, test } from 'vitest';
import {
  audit,
  inProcessCounting,
  reportJson,
  reportSchema,
  rowsTsv,
  storyLines,
  type AuditSettings,
  type Report,
  type ReportRow,
} from '../src/index.js';
import { engine, tinyAudit } from './tiny.js';

async function run(
  overrides: Partial<AuditSettings> = {},
  labels?: readonly string[],
  onRow?: (row: ReportRow, soFar: () => Report) => void,
): Promise<Report> {
  const { models, data, settings } = await tinyAudit(overrides, labels);
  const counting = inProcessCounting(engine as Engine);
  return audit(models, data, settings, {
    engine,
    counting,
    version: '0',
    ...(onRow ? { onRow } : {}),
  });
}

test('an audit gives a report that fits its own schema and tells every block of the story', async () => {
  const report = await run();
  expect(reportSchema.parse(JSON.parse(reportJson(report)))).toEqual(report);
  const story = storyLines(report).join('\n');
  for (const heading of [
    '1 THE NETWORK AS SHIPPED',
    '2 WHY IT FAILS',
    '3 THE SAME',
    '4 WHAT IS CERTIFIED',
    'IN SHORT',
  ]) {
    expect(story).toContain(heading);
  }
  expect(report.networks[0]?.cleanRight).toBe(7);
  expect(report.networks[0]?.failures).toBeGreaterThan(0);
});

test('report files are byte-equal over two runs and for batch sizes 1, 7 and 250', async () => {
  const files = async (batchSize: number): Promise<string> => {
    const report = await run({ batchSize });
    return reportJson(report) + rowsTsv(report);
  };
  const first = await files(7);
  expect(await files(7)).toBe(first);
  expect(await files(1)).toBe(first);
  expect(await files(250)).toBe(first);
}, 120_000);

test('another seed draws other noise, so equality of bytes is not for want of randomness', async () => {
  const counts = (report: Report): unknown =>
    report.rows.map((row) => row.certificates.map((c) => c.estimation));
  expect(counts(await run({ seed: 1 }))).not.toEqual(counts(await run({ seed: 0 })));
});

test('the same network twice gives the same numbers twice: both see the same draws', async () => {
  const report = await run({}, ['a', 'b']);
  const of = (id: string): unknown =>
    report.rows.filter((r) => r.network === id).map(({ certificates }) => certificates);
  expect(of('network-1')).toEqual(of('network-2'));
});

test('every certificate keeps its counts, and a conditional row never has a radius', async () => {
  const report = await run();
  for (const { certificates } of report.rows) {
    for (const certificate of certificates) {
      expect(certificate.estimation.reduce((a, b) => a + b, certificate.rejected)).toBe(
        certificate.n,
      );
      expect(certificate.selection.reduce((a, b) => a + b, 0)).toBe(certificate.n0);
      expect('radius' in certificate).toBe(certificate.guarantee === 'unconditional');
      expect('surrogateRadius' in certificate).toBe(certificate.guarantee === 'conditional');
    }
  }
});

test('rows arrive finished, and a report of the rows so far can be made at any time', async () => {
  const seen: number[] = [];
  let partial: Report | undefined;
  await run({}, undefined, (row, soFar) => {
    seen.push(row.image);
    if (row.image === 3) partial ??= soFar();
  });
  expect(seen).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]);
  expect(partial?.complete).toBe(false);
  expect(partial?.rows).toHaveLength(8);
  expect(reportSchema.parse(JSON.parse(reportJson(partial as Report)))).toEqual(partial);
});

test('an abort rejects with its reason', async () => {
  const { models, data, settings } = await tinyAudit();
  const stop = new AbortController();
  const reason = new Error('enough');
  const counting = inProcessCounting(engine as Engine);
  const promise = audit(models, data, settings, {
    engine,
    counting,
    version: '0',
    signal: stop.signal,
    onRow: () => stop.abort(reason),
  });
  await expect(promise).rejects.toBe(reason);
});

const code = (error: unknown): string => (error as FloatpathError).code;

test.each([
  [{ sigma: 0 }, 'expected sigma'],
  [{ sigma: Number.NaN }, 'expected sigma'],
  [{ epsilon: -1 }, 'expected epsilon'],
  [{ alpha: 1 }, 'expected alpha'],
  [{ n: 3 }, 'expected n an integer'],
  [{ n0: 0 }, 'expected n0'],
  [{ batchSize: 0 }, 'expected batchSize'],
] as const)('%j is refused in one sentence', async (overrides, sentence) => {
  const error: unknown = await run(overrides).catch((e: unknown) => e);
  expect(code(error)).toBe('invalid-argument');
  expect(String(error)).toContain(sentence);
});

test('a network at chance is refused with the hint about preprocessing, unless allowed', async () => {
  const { models, data, settings } = await tinyAudit();
  const counting = inProcessCounting(engine as Engine);
  const host = { engine, counting, version: '0' };
  const wrong = { ...data, labels: data.labels.map((label) => (label + 1) % 3) };
  const error: unknown = await audit(models, wrong, settings, host).catch((e: unknown) => e);
  expect(code(error)).toBe('inaccurate-model');
  expect(String(error)).toContain('--mean');
  await expect(
    audit(models, wrong, { ...settings, allowInaccurate: true }, host),
  ).resolves.toBeDefined();
});

test('pixels outside the bounds are refused, naming the image', async () => {
  const { models, data, settings } = await tinyAudit();
  const images = { ...data.images, data: data.images.data.map((v) => v * 255) };
  const host = { engine, counting: inProcessCounting(engine as Engine), version: '0' };
  const error: unknown = await audit(models, { ...data, images }, settings, host).catch(
    (e: unknown) => e,
  );
  expect(code(error)).toBe('invalid-data');
  expect(String(error)).toContain('--bounds');
});

test('a label outside the classes is refused before any work', async () => {
  const { models, data, settings } = await tinyAudit();
  const labels = data.labels.with(2, 9);
  const host = { engine, counting: inProcessCounting(engine as Engine), version: '0' };
  const error: unknown = await audit(models, { ...data, labels }, settings, host).catch(
    (e: unknown) => e,
  );
  expect(code(error)).toBe('invalid-data');
});

test('names cannot break the terminal or the table', async () => {
  const name = '"><script>\u001b[2J\tx\ny';
  const report = await run({}, [name]);
  const story = storyLines(report);
  expect(story.join('')).not.toMatch(/[\u001b\t\n]/);
  const lines = rowsTsv(report).trimEnd().split('\n');
  const columns = lines[0]?.split('\t').length;
  for (const text of lines) expect(text.split('\t')).toHaveLength(columns as number);
});

test('no row of the table has a certified label or radius of a frozen network', async () => {
  const [names, ...lines] = rowsTsv(await run())
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  const cellOf = (line: readonly string[], name: string): string | undefined =>
    line[names?.indexOf(name) ?? -1];
  const conditional = lines.filter((line) => cellOf(line, 'guarantee') === 'conditional');
  expect(conditional.length).toBeGreaterThan(0);
  for (const line of lines) {
    const [own, other] = conditional.includes(line)
      ? ['surrogate_label', 'certified_label']
      : ['certified_label', 'surrogate_label'];
    expect([cellOf(line, own as string), cellOf(line, other as string)]).toEqual([
      expect.stringMatching(/^(\d+|abstain)$/),
      '',
    ]);
  }
});
