import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runCaptured } from './support/run-captured.js';

const exists = (shell: string): boolean =>
  spawnSync(shell, ['--version'], { encoding: 'utf8' }).status === 0;

async function scriptOf(shell: string): Promise<string> {
  const { status, stdout, stderr } = await runCaptured(['completion', shell]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

describe('floatpath completion', () => {
  it.skipIf(!exists('bash'))('bash completes commands, then their options', async () => {
    const script = await scriptOf('bash');
    const complete = (...words: string[]): string[] => {
      const list = words.map((word) => `'${word}'`).join(' ');
      const asked = `COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _floatpath; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', `${script}\n${asked}`], {
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      return stdout.trim().split('\n');
    };
    expect(complete('floatpath', 'ga')).toEqual(['gate']);
    expect(complete('floatpath', 'audit', '--eps')).toEqual(['--epsilon']);
    expect(complete('floatpath', 'gate', '--ru')).toEqual(['--rule']);
  });

  it.each(['zsh', 'fish'])('%s names every command', async (shell) => {
    const script = await scriptOf(shell);
    for (const command of ['audit', 'gate', 'init', 'inspect', 'completion'])
      expect(script).toContain(command);
    if (exists(shell)) {
      const { status, stderr } = spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
  });

  it('knows three shells', async () => {
    const { status, stderr } = await runCaptured(['completion', 'tcsh']);
    expect(status).toBe(2);
    expect(stderr).toContain('Allowed choices are bash, zsh, fish');
  });
});
