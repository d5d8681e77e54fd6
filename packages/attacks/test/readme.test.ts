import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as core from '@floatpath/core';
import * as attacks from '../src/index.js';

it('the README example runs and prints what it says', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const body = example
    .replace(/import (\{.*?\}) from '@floatpath\/core';/, 'const $1 = core;')
    .replace(/import (\{.*?\}) from '@floatpath\/attacks';/, 'const $1 = attacks;')
    .replace('result.rows.map', 'return result.rows.map');
  const run = new Function('core', 'attacks', `return (async () => {${body}})();`) as (
    ...modules: unknown[]
  ) => Promise<string[]>;
  const printed = /\/\/ (\['success'.*\])/.exec(example)?.[1];
  expect(await run(core, attacks)).toEqual(JSON.parse((printed ?? '').replaceAll("'", '"')));
});
