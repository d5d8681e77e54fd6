import { readFileSync } from 'node:fs';
import { FloatpathError } from '@floatpath/core';
import { describe, expect, it } from 'vitest';
import { exitCodeOf, reportFailure } from '../src/errors.js';
import { interruption } from '../src/signals.js';
import { runCaptured } from './support/run-captured.js';

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };

describe('floatpath', () => {
  it.each([[[]], [['--help']]])('%j prints the commands', async (argv) => {
    const { status, stdout, stderr } = await runCaptured(argv);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: floatpath/);
    expect(stdout).toContain('audit');
  });

  it('--version prints the version', async () => {
    expect(await runCaptured(['--version'])).toEqual({
      status: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  it('audit --help lists every option', async () => {
    const { status, stdout } = await runCaptured(['audit', '--help']);
    expect(status).toBe(0);
    for (const flag of 'data limit skip every norm epsilon sigma n0 n alpha seed bounds mean std layout calibration allow-inaccurate engine workers batch-size out force json quiet'.split(
      ' ',
    ))
      expect(stdout).toContain(` --${flag} `);
  });

  it.each([
    [['audit', '--sgima', '1'], "unknown option '--sgima' (Did you mean --sigma?)"],
    [['adit'], "unknown command 'adit' (Did you mean audit?)"],
    [['audit', '--sigma'], "option '--sigma <number>' argument missing"],
  ])('%j is one sentence and status 2', async (argv, sentence) => {
    expect(await runCaptured(argv)).toEqual({
      status: 2,
      stdout: '',
      stderr: `floatpath: ${sentence}; floatpath --help lists what there is\n`,
    });
  });
});

describe('failures', () => {
  it('mean an exit status', () => {
    const status = (code: FloatpathError['code']): number =>
      exitCodeOf(new FloatpathError(code, ''));
    expect(status('invalid-argument')).toBe(2);
    expect(status('inaccurate-model')).toBe(2);
    expect(status('engine-failed')).toBe(3);
    expect(status('artefact-mismatch')).toBe(3);
    expect(exitCodeOf(new TypeError('x is not a function'))).toBe(3);
    expect(exitCodeOf(interruption('SIGINT'))).toBe(130);
    expect(exitCodeOf(interruption('SIGTERM'))).toBe(143);
  });

  function reported(error: unknown, env: Record<string, string>): string {
    let text = '';
    const output = { write: (part: string) => void (text += part) };
    const signal = new AbortController().signal;
    reportFailure(error, { stdout: output, stderr: output, env, signal, clock: () => 0 });
    return text;
  }

  it('are one line, and how to report it where nobody expected them', () => {
    expect(reported(new TypeError('x is not a function'), {})).toBe(
      'floatpath: unexpected error: x is not a function; please report it with the command that you ran and the output under FLOATPATH_DEBUG=1\n',
    );
  });

  it('show their stack and cause under FLOATPATH_DEBUG', () => {
    const error = new FloatpathError('engine-failed', 'run failed', { cause: new Error('deep') });
    expect(reported(error, {})).toBe('floatpath: run failed\n');
    const text = reported(error, { FLOATPATH_DEBUG: '1' });
    expect(text).toContain('deep');
    expect(text).toContain('program.test.ts');
  });
});
