import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const script = new URL('../tfjs-node/build.mjs', import.meta.url).pathname;

function build(args: readonly string[]): { status: number | null; said: string } {
  const { status, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  return { status, said: stderr.trim() };
}

/** A project where the package lies without its addon, as after `npm install --ignore-scripts`. */
function project(): string {
  const into = inFolder('project');
  const folder = join(into, 'node_modules', '@tensorflow', 'tfjs-node');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'binding.gyp'), '{}');
  return into;
}

it('says in one sentence that a folder holds no libtensorflow', () => {
  const empty = inFolder('empty');
  mkdirSync(empty);
  expect(build(['--into', project(), '--tensorflow', empty])).toEqual({
    status: 3,
    said: `tfjs-node: cannot build: expected libtensorflow and include/tensorflow/c/c_api.h in ${empty}, found no such thing`,
  });
});

it('refuses an option that it does not know', () => {
  const { status, said } = build(['--output', 'x']);
  expect([status, said.split('\n').length]).toEqual([2, 1]);
  expect(said).toContain("Unknown option '--output'");
});
