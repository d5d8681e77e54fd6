import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCaptured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

const exists = (shell: Shell): boolean =>
  spawnSync(shell, ['--version'], { encoding: 'utf8' }).status === 0;

async function scriptOf(shell: Shell): Promise<string> {
  const { status, stdout, stderr } = await runCaptured(['completion', shell]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** What a shell offers for the last word of a line, with the script loaded as its first line says. */
async function offered(shell: Shell, line: readonly string[]): Promise<readonly string[]> {
  const file = inFolder(`_floatpath.${shell}`);
  writeFileSync(file, await scriptOf(shell));
  const words = line.map((word) => `'${word}'`).join(' ');
  const asked: Readonly<Record<Shell, readonly string[]>> = {
    bash: [
      '--norc',
      '-c',
      `source ${file}; COMP_WORDS=(${words}); COMP_CWORD=${line.length - 1}; _floatpath; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ],
    // compadd is what every completion of zsh ends in; -O keeps what matches instead of showing it.
    zsh: [
      '-f',
      '-c',
      `compdef() { :; }; source ${file}
       _describe() { local list=\${@[2]}; print -l -- "\${(@P)list}" }
       _files() { :; }
       words=(${words}); CURRENT=${line.length}; _floatpath`,
    ],
    fish: ['--no-config', '-c', `source ${file}; complete --do-complete '${line.join(' ')}'`],
  };
  const { stdout, stderr } = spawnSync(shell, asked[shell], { encoding: 'utf8', timeout: 30_000 });
  expect(stderr).toBe('');
  const last = line.at(-1) ?? '';
  const known = stdout.split('\n').map((text) => text.split(/[\t]|(?<=^[\w-]+):/)[0] as string);
  return known.filter((word) => word !== '' && word.startsWith(last));
}

describe.each(shells)('floatpath completion %s', (shell) => {
  it.skipIf(!exists(shell))(`${shell} runs it: commands, then their options`, async () => {
    expect(await offered(shell, ['floatpath', 'ga'])).toEqual(['gate']);
    expect(await offered(shell, ['floatpath', 'expl'])).toEqual(['explain']);
    expect(await offered(shell, ['floatpath', 'audit', '--eps'])).toEqual(['--epsilon']);
    expect(await offered(shell, ['floatpath', 'gate', '--ru'])).toEqual(['--rule']);
    expect(await offered(shell, ['floatpath', 'regions', '--pl'])).toEqual(['--plane']);
    expect(await offered(shell, ['floatpath', 'log', 'ch'])).toEqual(['check']);
    expect(await offered(shell, ['floatpath', 'gate', '--eps'])).toEqual([]);
  });

  it.skipIf(!exists(shell))(`${shell} finds no fault in it`, async () => {
    const file = inFolder(`checked.${shell}`);
    writeFileSync(file, await scriptOf(shell));
    const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('names every command and its options', async () => {
    const script = await scriptOf(shell);
    const [, list = ''] = (await runCaptured(['--help'])).stdout.split('\nCommands:\n');
    for (const [, command = ''] of list.matchAll(/^ {2}([a-z-]+)/gm))
      if (command !== 'help') expect(script).toMatch(new RegExp(`\\b${command}\\b`));
  });
});

it('floatpath completion knows three shells', async () => {
  const { status, stderr } = await runCaptured(['completion', 'tcsh']);
  expect(status).toBe(2);
  expect(stderr).toContain('Allowed choices are bash, zsh, fish; floatpath --help');
});
