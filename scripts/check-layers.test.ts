import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkLayers } from './check-layers.mjs';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
let root = '';

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function writeManifest(name: string, fields: object = {}): void {
  write(`packages/${name}/package.json`, JSON.stringify({ name: `@floatpath/${name}`, ...fields }));
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'floatpath-layers-'));
  writeManifest('core');
  write('packages/core/src/index.ts', "export { a } from './a.js';\n");
  write('packages/core/src/a.ts', 'export const a = 1;\n');
  writeManifest('attacks', {
    dependencies: { '@floatpath/core': 'workspace:*' },
    devDependencies: { '@floatpath/testing': 'workspace:*' },
  });
  write(
    'packages/attacks/src/pgd.ts',
    "import { a } from '@floatpath/core';\nexport const b = a;\n",
  );
  write(
    'packages/attacks/src/pgd.test.ts',
    "import 'node:fs';\nimport 'vitest';\nimport '@floatpath/testing';\n",
  );
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

test('this repository keeps its rules', () => {
  expect(checkLayers(repository)).toEqual([]);
});

test('a small house that keeps the rules passes', () => {
  expect(checkLayers(root)).toEqual([]);
});

describe('planted violations are caught', () => {
  const source = 'packages/attacks/src/pgd.ts';
  const planted: [rule: string, path: string, text: string, found: string][] = [
    [
      'arrow',
      source,
      "import { x } from '@floatpath/smoothing';",
      'no arrow from attacks to smoothing',
    ],
    ['arrow of a type', source, "import type { X } from '@floatpath/smoothing';", 'no arrow'],
    ['arrow of a re-export', source, "export { x } from '@floatpath/engine/ort';", 'no arrow'],
    ['arrow of import()', source, "export const x = import('@floatpath/engine');", 'no arrow'],
    [
      'arrow of an import type',
      source,
      "export type X = import('@floatpath/engine').Y;",
      'no arrow',
    ],
    ['arrow in a test', 'packages/attacks/src/a.test.ts', "import '@floatpath/audit';", 'no arrow'],
    ['testing outside tests', source, "import '@floatpath/testing';", 'no arrow'],
    ['way around by a path', source, "import '../../core/src/a.js';", 'leaves its package'],
    ['undeclared package', source, "import 'fflate';", 'does not declare'],
    ['node module', source, "import { readFileSync } from 'node:fs';", 'only packages/node'],
    ['node module, old name', source, "import { readFileSync } from 'fs';", 'only packages/node'],
    ['op comparison', source, "export const f = (n) => n.op === 'Relu';", 'asks for an op type'],
    ['op comparison, turned', source, "export const f = (n) => 'Relu' !== n.op;", 'asks for'],
    ['op in a switch', source, "switch (n.op) { case 'Relu': break; }", 'asks for an op type'],
    ['op in a list', source, "export const f = (n) => ['Relu'].includes(n.op);", 'asks for'],
    ['op, destructured', source, "export const f = ({ op }) => op === 'Relu';", 'asks for'],
    ['star export', source, "export * from './other.js';", 'export *'],
    ['star export with a name', source, "export * as other from './other.js';", 'export *'],
    ['default export', source, 'export default 1;', 'default export'],
    ['default function', source, 'export default function f() {}', 'default export'],
    ['default by a name', source, 'const a = 1; export { a as default };', 'default export'],
    ['long file', source, 'export {};\n'.repeat(401), '401 lines'],
    ['utils', 'packages/attacks/src/utils.ts', 'export {};', 'not utils'],
    [
      'cycle of files',
      'packages/core/src/a.ts',
      "import './index.js';\nexport const a = 1;",
      'cycle',
    ],
    [
      'unknown package',
      'packages/extra/package.json',
      '{"name":"@floatpath/extra"}',
      'arrows table',
    ],
  ];
  test.each(planted)('%s', (_rule, path, text, found) => {
    write(path, text);
    const problems = checkLayers(root);
    expect(problems).toContainEqual(expect.stringContaining(found));
    expect(problems).toContainEqual(expect.stringContaining(dirname(path).split('/src')[0] ?? ''));
  });

  test('an arrow that only package.json has', () => {
    writeManifest('attacks', { dependencies: { '@floatpath/smoothing': 'workspace:*' } });
    expect(checkLayers(root)).toContainEqual(
      expect.stringContaining('depends on @floatpath/smoothing'),
    );
  });

  test('a development dependency against the arrows, and the cycle that it makes', () => {
    writeManifest('core', { devDependencies: { '@floatpath/attacks': 'workspace:*' } });
    const problems = checkLayers(root);
    expect(problems).toContainEqual(expect.stringContaining('no arrow from core to attacks'));
    expect(problems).toContainEqual(expect.stringContaining('cycle between packages'));
  });

  test('a dependency of a leaf', () => {
    writeManifest('core', { dependencies: { zod: '4.6.7' } });
    expect(checkLayers(root)).toContainEqual(expect.stringContaining('leaf'));
  });
});

describe('what is allowed', () => {
  test.each([
    ['generated files of any length', 'packages/core/src/onnx_pb.ts', 'export {};\n'.repeat(900)],
    [
      'type cycles',
      'packages/core/src/a.ts',
      "import type {} from './index.js';\nexport const a = 1;",
    ],
    [
      'op types in the op table',
      'packages/engine/src/ops/relu.ts',
      "export const f = (n) => n.op === 'Relu';",
    ],
  ])('%s', (_what, path, text) => {
    writeManifest('engine');
    write(path, text);
    expect(checkLayers(root)).toEqual([]);
  });
});

test('the program prints each violation and exits 1', () => {
  write('packages/attacks/src/pgd.ts', 'export default 1;\n');
  const run = spawnSync(process.execPath, [join(repository, 'scripts/check-layers.mjs'), root]);
  expect(run.status).toBe(1);
  expect(run.stderr.toString()).toBe('packages/attacks/src/pgd.ts: line 1 has a default export\n');
});
