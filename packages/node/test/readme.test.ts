import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { float32Tensor } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { expect, it } from 'vitest';
import { describe as describeModel } from './readme-example.js';

it('the example of the README runs and does what the README says', async () => {
  const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
  expect(read('../README.md')).toContain(read('./readme-example.ts'));
  const folder = mkdtempSync(join(tmpdir(), 'floatpath-readme-'));
  try {
    const model = join(folder, 'model.onnx');
    writeFileSync(
      model,
      writeOnnx({
        name: 'example',
        inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
        outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 2] }],
        nodes: [{ name: 'add', op: 'Add', inputs: ['x', 'b'], outputs: ['y'], attributes: {} }],
        constants: new Map([['b', float32Tensor([2], [1, 2])]]),
      }),
    );
    expect(await describeModel(model, join(folder, 'out'))).toEqual(['y']);
    expect(readFileSync(join(folder, 'out', 'outputs.txt'), 'utf8')).toBe('y');
    await expect(describeModel(join(folder, 'none.onnx'), join(folder, 'new'))).rejects.toThrow(
      /^readInputFile: expected a readable file at .*none.onnx, got nothing there; check the path$/,
    );
    expect(existsSync(join(folder, 'new'))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
