import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';

const file = new URL('floatpath-gate.yml', import.meta.url);
const text = readFileSync(file, 'utf8');

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}

/** The YAML parser that changesets read their own files with. */
function parseYaml(source: string): unknown {
  const changesets = createRequire(createRequire(import.meta.url).resolve('@changesets/cli'));
  const parser = createRequire(changesets.resolve('@changesets/parse'))('js-yaml') as {
    load(yaml: string): unknown;
  };
  return parser.load(source);
}

test('the workflow is YAML whose steps either use an action of a version or run something', () => {
  const { jobs } = parseYaml(text) as { jobs: { gate: { steps: readonly Step[] } } };
  const { steps } = jobs.gate;
  expect(steps.length).toBeGreaterThan(3);
  for (const { uses, run } of steps) {
    expect((uses === undefined) !== (run === undefined)).toBe(true);
    if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w/-]+@v\d+$/);
  }
});

test('it runs the version that this repository is', () => {
  const manifest = new URL('../../apps/cli/package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const named = [...text.matchAll(/floatpath@([\d.]+)/g)].map((match) => match[1]);
  expect(named).toEqual([version, version]);
});

test('the docs show the file as it is', () => {
  const page = readFileSync(new URL('../../apps/docs/gate.md', import.meta.url), 'utf8');
  expect(page).toContain(`\`\`\`yaml\n${text}\`\`\`\n`);
});
