import { existsSync, readFileSync } from 'node:fs';
import { reportSchema } from '@floatpath/audit';
import { describe, expect, it } from 'vitest';
import { runCaptured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const small = ['--n', '20', '--workers', '1', '--limit', '4'];

describe('floatpath audit', () => {
  it('--dry-run says what would be done and how long it takes, and writes nothing', async () => {
    const out = inFolder('dry');
    const { status, stdout } = await runCaptured(['audit', '--dry-run', '--out', out, ...small]);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^floatpath audit would\n {2}audit clean-trained and noise-trained \(\.25\) on MNIST test images 0-3, seed 0\n/,
    );
    expect(stdout).toMatch(/\n {2}take about \d+ (s|min \d+ s) with onnxruntime-node /);
    expect(existsSync(out)).toBe(false);
  });

  it('tells beforehand how long it takes where that is more than a minute', async () => {
    const stop = new AbortController();
    const { stderr } = await runCaptured(
      ['audit', '--out', inFolder('long'), '--n', '1000000', '--workers', '1', '--limit', '100'],
      {
        signal: stop.signal,
        onStderr: (text) => text.includes('this takes') && stop.abort(new Error('enough')),
      },
    );
    expect(stderr).toMatch(
      /floatpath: this takes about \d+ min \d+ s; Ctrl-C keeps what is finished\n/,
    );
  });

  it('--timeout stops with status 3, and is nothing to a run that ends before it', async () => {
    const out = inFolder('timeout');
    const argv = ['audit', '--out', out, '--no-images', ...small];
    const cut = await runCaptured([...argv, '--timeout', '0.001']);
    expect(cut.status).toBe(3);
    expect(cut.stdout).toBe('');
    expect(cut.stderr).toContain('stopped after 0.001 s as --timeout asks');
    expect((await runCaptured([...argv, '--timeout', '3600', '--quiet'])).status).toBe(0);
    const report = reportSchema.parse(JSON.parse(readFileSync(`${out}/report.json`, 'utf8')));
    expect(report.complete).toBe(true);
  });

  it('--json prints one document and nothing else on stdout', async () => {
    const argv = ['audit', '--out', inFolder('json'), '--json', ...small];
    const { stdout } = await runCaptured(argv);
    expect(reportSchema.parse(JSON.parse(stdout)).rows).toHaveLength(8);
  });
});

it.each(['audit', 'gate', 'init', 'completion'])('%s --help shows examples', async (command) => {
  const { status, stdout } = await runCaptured([command, '--help']);
  expect(status).toBe(0);
  expect(stdout).toMatch(new RegExp(`\\nExamples:\\n {2}floatpath ${command}`));
});

it('NO_COLOR is kept to on a terminal', async () => {
  const wrong = ['gate', 'nowhere.json'];
  const colored = await runCaptured(wrong, { isTTY: true });
  const plain = await runCaptured(wrong, { isTTY: true, env: { NO_COLOR: '1' } });
  expect(colored.stderr).toContain('\u001b[');
  expect(plain.stderr).not.toContain('\u001b');
});
