import { EventEmitter } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { reportSchema } from '@floatpath/audit';
import { describe, expect, it } from 'vitest';
import { auditRequest, type AuditFlags } from '../src/audit-options.js';
import { interruption, stopSignal } from '../src/signals.js';
import { runCaptured, type CaptureOptions, type Captured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const files = ['report.html', 'report.json', 'rows.tsv', 'run.json'];
const read = (...names: string[]): string => readFileSync(inFolder(...names), 'utf8');
const parsed = (...names: string[]): Record<string, unknown> =>
  JSON.parse(read(...names)) as Record<string, unknown>;

/** The bundled audit, small. One thread: the worker is a built file, and tests need no build. */
const audit = (
  out: string,
  flags: readonly string[] = [],
  capture: CaptureOptions = {},
): Promise<Captured> =>
  runCaptured(
    ['audit', '--limit', '3', '--n', '60', '--workers', '1', '--out', inFolder(out), ...flags],
    capture,
  );

describe('audit of the bundled networks', () => {
  it('prints the story, writes its files, and writes the same bytes again', async () => {
    const { status, stdout, stderr } = await audit('one');
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^floatpath audit: 2 networks, MNIST test images 0-2, inputs in \[0,1\], seed 0\n/,
    );
    for (const heading of [
      '1 THE NETWORK AS SHIPPED',
      '2 WHY IT FAILS',
      '3 THE SAME NETWORK, SMOOTHED',
      '4 WHAT IS CERTIFIED',
      'IN SHORT',
    ])
      expect(stdout).toContain(`\n${heading}`);
    expect(stdout).toContain('clean-trained');
    expect(stdout).toContain('noise-trained (.25)');
    // The shipped calibrations belong to the shipped networks.
    expect(stdout).not.toContain('not calibrated');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(
      `Open ${inFolder('one', 'report.html')}    Yours: npx floatpath audit --help`,
    );
    expect(stderr).toMatch(
      /^floatpath audit: 2 networks, MNIST test images 0-2, onnxruntime-node 1\.30\.0, 1 thread\n/,
    );
    expect(readdirSync(inFolder('one')).sort()).toEqual(files);

    const again = await audit('two', ['--batch-size', '7', '--quiet']);
    expect(again).toMatchObject({ status: 0, stderr: '' });
    for (const name of ['report.html', 'report.json', 'rows.tsv']) {
      expect(read('two', name)).toBe(read('one', name));
      expect(read('one', name)).not.toContain(inFolder());
    }
    const report = reportSchema.parse(parsed('one', 'report.json'));
    expect(report.complete).toBe(true);
    expect(report.rows).toHaveLength(6);
    expect(report.settings).toMatchObject({ norm: 'l2', epsilon: 1, sigma: 0.25, n: 60, n0: 100 });
  });

  it('run.json says how, when and how fast', () => {
    const run = parsed('two', 'run.json') as { command: string; seconds: { stages: object } };
    expect(run).toMatchObject({
      engine: 'onnxruntime-node 1.30.0',
      workers: 1,
      batchSize: 7,
      versions: { node: process.versions.node },
    });
    expect(run.command).toMatch(/^floatpath audit --limit 3 --n 60 .* --batch-size 7 --quiet$/);
    expect(Object.keys(run.seconds.stages)).toContain('certify');
  });

  it('shows the failures in report.html, unless --no-images', async () => {
    // Far enough that none of the three images survives.
    const far = ['--norm', 'l2', '--epsilon', '4', '--quiet'];
    expect((await audit('shown', far)).status).toBe(0);
    expect(read('shown', 'report.html')).toContain('src="data:image/png;base64,');
    expect((await audit('plain', [...far, '--no-images'])).status).toBe(0);
    expect(read('plain', 'report.html')).not.toContain('<img');
    expect(read('plain', 'report.json')).toBe(read('shown', 'report.json'));
  });

  it('--json prints one document and nothing else', async () => {
    const { status, stdout } = await audit('json', [
      '--json',
      '--quiet',
      '--sigma',
      '0.5',
      '--skip',
      '4',
    ]);
    expect(status).toBe(0);
    expect(stdout).toBe(read('json', 'report.json'));
    const report = reportSchema.parse(JSON.parse(stdout));
    expect(report.settings).toMatchObject({ data: 'MNIST test images 4-6', sigma: 0.5 });
    // The shipped calibrations hold at sigma 0.25 only.
    for (const { methods } of report.networks)
      expect(methods.find(({ method }) => method === 'sc-rfp-input')?.status).toBe(
        'not-calibrated',
      );
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('keeps the finished rows on %s and exits %i', async (name, status) => {
    const controller = new AbortController();
    // On a terminal every finished image is told.
    const stop = (text: string): void => {
      if (text.includes('certify: 33 %')) controller.abort(interruption(name));
    };
    const interrupted = await audit(name, [], {
      signal: controller.signal,
      isTTY: true,
      env: { NO_COLOR: '1' },
      onStderr: stop,
    });
    expect(interrupted.status).toBe(status);
    // The first lines of the story are known before anything is attacked.
    expect(interrupted.stdout).toMatch(/^floatpath audit: [^\n]*\nartefact check: [^\n]*\n$/);
    expect(interrupted.stderr.trimEnd().split('\n').slice(-2)).toEqual([
      `floatpath: 2 of 6 rows were finished and are kept in ${inFolder(name, 'report.json')}; the same command with --resume goes on`,
      `floatpath: interrupted by ${name}`,
    ]);
    const report = reportSchema.parse(parsed(name, 'report.json'));
    expect(report.complete).toBe(false);
    expect(report.rows).toEqual(
      reportSchema.parse(parsed('one', 'report.json')).rows.filter(({ image }) => image === 0),
    );
    expect(readdirSync(inFolder(name)).sort()).toEqual(files);

    expect(await audit(name, ['--quiet', '--resume'])).toMatchObject({ status: 0, stderr: '' });
    for (const file of ['report.json', 'rows.tsv', 'report.html'])
      expect(read(name, file)).toBe(read('one', file));
  });

  it.each([
    ['of another audit', ['--seed', '5'], 'expected the report of the same models, calibrations'],
    ['that is not there', [], 'got nothing there'],
  ])('--resume of a report %s is one sentence and status 2', async (_, flags, sentence) => {
    const name = flags.length > 0 ? 'one' : 'never';
    const before = flags.length > 0 ? read('one', 'report.json') : '';
    const { status, stdout, stderr } = await audit(name, ['--quiet', '--resume', ...flags]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    if (flags.length > 0) expect(read('one', 'report.json')).toBe(before);
  });

  it('writes nothing when it is interrupted before the first row', async () => {
    const signal = AbortSignal.abort(interruption('SIGINT'));
    const { status, stderr } = await audit('early', ['--quiet'], { signal });
    expect({ status, stderr }).toEqual({
      status: 130,
      stderr: 'floatpath: interrupted by SIGINT\n',
    });
    expect(readdirSync(inFolder())).not.toContain('early');
  });

  it('--force writes beside other files', async () => {
    writeFileSync(inFolder('one', 'thesis.tex'), 'mine');
    expect((await audit('one', ['--quiet'])).status).toBe(2);
    expect((await audit('one', ['--quiet', '--force'])).status).toBe(0);
    expect(read('one', 'thesis.tex')).toBe('mine');
  });
});

describe('auditRequest', () => {
  const flags = {
    limit: 100,
    skip: 0,
    every: 1,
    bounds: [0, 1],
    layout: 'nchw',
    calibration: [],
    data: { kind: 'npz', file: 'a.npz' },
    norm: 'linf',
    epsilon: 0.1,
    sigma: 0.5,
  } as unknown as AuditFlags;

  it('leaves nothing open, and gives a model of yours the larger n', () => {
    expect(auditRequest(['a.onnx'], flags)).toMatchObject({ n: 10_000, norm: 'linf', sigma: 0.5 });
    expect(auditRequest([], flags)).toMatchObject({ n: 1000, norm: 'linf', sigma: 0.5 });
  });

  it('puts preprocessing together', () => {
    expect(auditRequest([], flags).preprocessing).toEqual({ bounds: [0, 1], layout: 'nchw' });
    expect(auditRequest([], { ...flags, mean: [0.5], std: [0.2] }).preprocessing).toEqual({
      bounds: [0, 1],
      layout: 'nchw',
      mean: [0.5],
      std: [0.2],
    });
  });
});

describe('stopSignal', () => {
  it('answers the first request and leaves the second one to the system', () => {
    const fake = new EventEmitter();
    const signal = stopSignal(fake as NodeJS.Process);
    fake.emit('SIGINT');
    expect(signal.reason).toMatchObject({ code: 'interrupted', cause: 'SIGINT' });
    expect(fake.listenerCount('SIGINT')).toBe(0);
  });
});
