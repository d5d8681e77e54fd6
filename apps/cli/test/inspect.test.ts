import { writeFileSync } from 'node:fs';
import { inspectionLines, inspectModel } from '@floatpath/audit';
import { defaultPreprocessing, float32Tensor, type Model } from '@floatpath/core';
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

it('inspect counts weights, not the scalars that set up an op', async () => {
  const { nodes, constants, ...rest } = quarterNetwork();
  const pad = {
    ...{ name: 'pad', op: 'Pad', inputs: ['h', 'ends', 'value'], outputs: ['p'] },
    attributes: {},
  };
  const padded = nodes.toSpliced(2, 1, pad, { ...nodes[2]!, inputs: ['p', 'W', 'b'] });
  const path = inFolder('padded.onnx');
  const more = new Map([
    ...constants,
    ['ends', { dtype: 'int64', shape: [4], data: new BigInt64Array(4) }] as const,
    ['value', float32Tensor([], [0])] as const,
  ]);
  writeFileSync(path, writeOnnx({ ...rest, nodes: padded, constants: more }));
  const { stdout } = await runCaptured(['inspect', path]);
  expect(stdout).toContain('pad_1');
  expect(stdout).toContain('20 parameters, 4 units per input');
});

it('inspect counts nothing of a model that it does not read', async () => {
  const opaque: Model = {
    ...{ kind: 'opaque', name: 'o', format: 'onnx', bytes: new Uint8Array(1) },
    ...{ inputs: [], outputs: [], refusal: 'unsupported op "Foo" at node "foo_1"' },
  };
  const inspected = await inspectModel(opaque, defaultPreprocessing);
  expect(inspected).toMatchObject({ parameters: null, units: null });
  expect(inspectionLines(inspected).join('\n')).not.toMatch(/parameter|unit/);
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
