import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runCaptured } from './support/run-captured.js';

const page = readFileSync(new URL('../../docs/from-smoothing.md', import.meta.url), 'utf8');

it('the page for people of locuslab/smoothing names options that certify has', async () => {
  const { stdout } = await runCaptured(['certify', '--help']);
  const theirs = /^\| `[^|]*` +\|([^|]*)\|/gm;
  const columns = [...page.matchAll(theirs)].map((match) => match[1] as string);
  const commands = page.split('\n').filter((line) => /^(floatpath certify| {2}--)/.test(line));
  expect(columns.length).toBeGreaterThan(8);
  expect(commands).toHaveLength(2);
  for (const [option] of [...columns, ...commands].join(' ').matchAll(/--[a-z0-9-]+/gi))
    expect(stdout).toContain(`${option} `);
});
