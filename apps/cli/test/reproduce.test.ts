import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bundledModels } from '../src/bundled-models.js';
import { readCalibrationFile } from '../src/load-models.js';
import { runCaptured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();

it('knows a small and a full size', async () => {
  const { status, stderr } = await runCaptured(['reproduce', '--size', 'tiny']);
  expect([status, stderr]).toEqual([2, expect.stringMatching(/--size: expected quick or full/)]);
});

it('writes no page over a file', async () => {
  const page = inFolder('page.md');
  writeFileSync(page, 'mine');
  const { status, stderr } = await runCaptured(['reproduce', '--page', page]);
  expect([status, stderr]).toEqual([2, expect.stringMatching(/expected no file at .*page\.md/)]);
});

it.each(bundledModels)('$label comes with what every anchor needs', async ({ calibration }) => {
  const { deviations, selections, denoisers } = await readCalibrationFile(calibration);
  const gates = [...deviations.keys()];
  expect([...(selections?.minority.keys() ?? [])]).toEqual(gates);
  expect([...(selections?.outputs.keys() ?? [])]).toEqual(gates);
  expect(denoisers?.map(({ kind }) => kind)).toEqual(['conv']);
});
