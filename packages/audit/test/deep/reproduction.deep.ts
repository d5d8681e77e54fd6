import { readFileSync, writeFileSync } from 'node:fs';
import type { GraphModel } from '@floatpath/core';
import { readModel } from '@floatpath/model-io';
import { readCalibration } from '@floatpath/sc-rfp';
import { expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import {
  reproduce,
  reproductionPage,
  reproductionSizes,
  type AuditModel,
} from '../../src/index.js';
import { engine } from '../tiny.js';
import { images } from './sc-rfp-setup.js';

const assets = new URL('../../../../apps/cli/assets/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, assets));

const bundled = (label: string, name: string): AuditModel => ({
  label,
  model: readModel(new Uint8Array(read(`models/${name}.onnx`)), { name }) as GraphModel,
  calibration: readCalibration(read(`calibration/${name}.json`).toString()),
});

test('the paper, reproduced at full size on the bundled networks', async () => {
  const models = [
    bundled('clean-trained', 'mnist-cnn-sigma0'),
    bundled('noise-trained (.25)', 'mnist-cnn-sigma0.25'),
  ];
  const { images: count } = reproductionSizes.full;
  const data = images('test', 0, count);
  const { version } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as { readonly version: string };
  const found = await reproduce(
    models,
    {
      ...data,
      labels: Int32Array.from(data.labels),
      name: `MNIST test images 0-${count - 1}`,
    },
    { size: 'full', seed: 0, batchSize: 250 },
    { engine, version },
  );
  const command = 'npm run test:deep -- reproduction';
  writeEvidence('reproduction', {
    claim: "the paper's experiment on the two bundled networks, and which of its claims hold",
    command,
    seed: found.seed,
    numbers: found,
  });
  const page = new URL('../../../../apps/docs/reproduction.md', import.meta.url);
  writeFileSync(page, reproductionPage(found, command));

  // What must hold whatever the networks are: the decomposition is exact, and no set of certificates is broken.
  expect(found.claims[0]?.verdict).toBe('holds');
  for (const { refutations } of found.networks) {
    for (const set of refutations.filter(({ guarantee }) => guarantee === 'unconditional')) {
      expect([set.name, set.passes]).toEqual([set.name, true]);
    }
  }
});
