import { writeFileSync } from 'node:fs';
import { writeOnnx } from '@floatpath/model-io';
import { expect, it } from 'vitest';
import { quarterNetwork } from './support/models.js';
import { runCaptured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();

function modelFile(gate?: string): string {
  const path = inFolder(`${gate ?? 'relu'}.onnx`);
  writeFileSync(path, writeOnnx(quarterNetwork(gate === undefined ? {} : { gate })));
  return path;
}

it('inspect lists every node with its role, the units and the verdict on path analysis', async () => {
  const { status, stdout } = await runCaptured(['inspect', modelFile()]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/relu_1 +Relu +gate +\[1, 4\]/);
  expect(stdout).toMatch(/gemm_2 +Gemm +affine +\[1, 4\]/);
  expect(stdout).toContain('20 parameters, 4 units per input');
  expect(stdout).toContain('path analysis: piecewise linear');
});

it('inspect names the node that path analysis refuses', async () => {
  const { status, stdout } = await runCaptured(['inspect', modelFile('Sigmoid')]);
  expect(status).toBe(0);
  expect(stdout).toContain('got op "Sigmoid" is neither affine nor a gate at node "sigmoid_1"');
});

it('inspect --json is one document, and its hash depends on the preprocessing', async () => {
  const file = modelFile();
  const hashOf = async (...flags: string[]): Promise<string> => {
    const { stdout } = await runCaptured(['inspect', file, '--json', ...flags]);
    return (JSON.parse(stdout) as { hash: string }).hash;
  };
  expect(await hashOf()).toMatch(/^[0-9a-f]{64}$/);
  expect(await hashOf('--mean', '.5')).not.toBe(await hashOf());
});

it('inspect of no file is one sentence and status 2', async () => {
  const { status, stdout, stderr } = await runCaptured(['inspect', 'nothing.onnx']);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('got nothing there');
});
