import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { OrtModule } from '@floatpath/engine/ort';
import { writeOnnx } from '@floatpath/model-io';
import { expect, test } from 'vitest';
import { auditFile } from './readme-example.js';
import { tinyAudit, tinyNetwork } from './tiny.js';

test('the example of the README runs', async () => {
  const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
  expect(read('../README.md')).toContain(read('./readme-example.ts'));
  const { data } = await tinyAudit();
  const enginePackage = new URL('../../engine/package.json', import.meta.url);
  const ort = createRequire(enginePackage)('onnxruntime-node') as OrtModule;
  const { story, json, page } = await auditFile(writeOnnx(tinyNetwork(100)), data, ort);
  expect(story.join('\n')).toContain('4 WHAT IS CERTIFIED');
  expect(JSON.parse(json)).toMatchObject({ schema: 'floatpath/report@1', complete: true });
  expect(page).toMatch(/^<!doctype html>/i);
});
