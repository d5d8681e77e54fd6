import type { OpaqueModel } from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { expect, test } from 'vitest';
import { prepareModel } from '../src/prepare.js';
import { tinyAudit } from './tiny.js';

test('an opaque model is refused by its label', async () => {
  const { data, settings } = await tinyAudit();
  const model: OpaqueModel = {
    kind: 'opaque',
    name: 'm',
    format: 'onnx',
    bytes: new Uint8Array(),
    inputs: [],
    outputs: [],
  };
  await expect(
    prepareModel({ label: 'mine', model }, 'a', data.images, settings, referenceEngine()),
  ).rejects.toMatchObject({
    code: 'unsupported-op',
    message: expect.stringMatching(/mine/) as string,
  });
});
