import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { float32Tensor, type Network } from '@floatpath/core';
import { readModel, writeOnnx } from '@floatpath/model-io';
import { readNpy, readNpz, writeNpy, writeNpz } from '@floatpath/model-io/datasets';
import { describe, expect, it } from 'vitest';
import { runCaptured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();

/** sum = relu(a) + b, difference = relu(a) - b, for one row at a time. */
const two: Network = {
  name: 'two',
  inputs: ['a', 'b'].map((name) => ({ name, dtype: 'float32', shape: [1, 2] })),
  outputs: ['sum', 'difference'].map((name) => ({ name, dtype: 'float32', shape: [1, 2] })),
  nodes: [
    { name: 'relu', op: 'Relu', inputs: ['a'], outputs: ['r'], attributes: {} },
    { name: 'add', op: 'Add', inputs: ['r', 'b'], outputs: ['sum'], attributes: {} },
    { name: 'sub', op: 'Sub', inputs: ['r', 'b'], outputs: ['difference'], attributes: {} },
  ],
  constants: new Map(),
};

/** Two rows become one: rows do not pass on their own. */
const mixing: Network = {
  name: 'mixing',
  inputs: [{ name: 'x', dtype: 'float32', shape: [2, 3] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: [1, 6] }],
  nodes: [{ name: 'flat', op: 'Flatten', inputs: ['x'], outputs: ['y'], attributes: { axis: 0 } }],
  constants: new Map(),
};

function written(name: string, bytes: Uint8Array): string {
  const path = inFolder(name);
  writeFileSync(path, bytes);
  return path;
}

const rows = (values: readonly number[]) => float32Tensor([values.length / 2, 2], values);

describe('floatpath run', () => {
  const model = () => written('two.onnx', writeOnnx(two));

  it('takes inputs and gives outputs by name, row by row where the file fixes one', async () => {
    const input = written('in.npz', writeNpz({ a: rows([1, -2, 3, 4]), b: rows([5, 6, 7, 8]) }));
    const output = inFolder('out.npz');
    const { status, stdout } = await runCaptured([
      'run',
      model(),
      '--input',
      input,
      '--output',
      output,
    ]);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'sum: float32 [2, 2]\ndifference: float32 [2, 2]\n',
    });
    const arrays = readNpz(readFileSync(output));
    expect([...(arrays.get('sum')?.data ?? [])]).toEqual([6, 6, 10, 12]);
    expect([...(arrays.get('difference')?.data ?? [])]).toEqual([-4, -6, -4, -4]);
  });

  it('takes one array of a row without its batch axis, of another number type', async () => {
    const relu: Network = {
      ...two,
      inputs: two.inputs.slice(0, 1),
      outputs: [{ name: 'r', dtype: 'float32', shape: [1, 2] }],
      nodes: two.nodes.slice(0, 1),
    };
    const file = written('relu.onnx', writeOnnx(relu));
    const input = written(
      'x.npy',
      writeNpy({ dtype: 'int32', shape: [2], data: Int32Array.of(-3, 4) }),
    );
    const output = inFolder('y.npy');
    const { stdout } = await runCaptured([
      'run',
      file,
      '--input',
      input,
      '--output',
      output,
      '--json',
    ]);
    expect(JSON.parse(stdout)).toEqual({
      output: 'y.npy',
      outputs: [{ name: 'r', dtype: 'float32', shape: [1, 2] }],
    });
    expect([...readNpy(readFileSync(output)).data]).toEqual([0, 4]);
  });

  it.each<[string, () => Uint8Array, string, RegExp]>([
    [
      'a missing input',
      () => writeNpz({ a: rows([1, 2]), c: rows([1, 2]) }),
      'o.npz',
      /an array for every input \("a", "b"\), got "a", "c"/,
    ],
    [
      'another shape',
      () => writeNpz({ a: float32Tensor([1, 3]), b: rows([1, 2]) }),
      'o.npz',
      /input "a" of shape \[1, 2\], got \[1, 3\]/,
    ],
    [
      'several outputs in one array',
      () => writeNpz({ a: rows([1, 2]), b: rows([1, 2]) }),
      'o.npy',
      /a \.npz file for 2 outputs \(sum, difference\), got o\.npy/,
    ],
    [
      'a file of something else',
      () => new Uint8Array(100),
      'o.npz',
      /bad\.npz: readNpy: expected a NumPy array/,
    ],
  ])('refuses %s and writes nothing', async (_, bytes, out, message) => {
    const output = inFolder(out);
    const { status, stdout, stderr } = await runCaptured([
      'run',
      model(),
      '--input',
      written('bad.npz', bytes()),
      '--output',
      output,
    ]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(existsSync(output)).toBe(false);
  });
});

describe('floatpath convert', () => {
  it('keeps a fixed batch, and frees it with --repair-batch, saying so', async () => {
    const file = written('two.onnx', writeOnnx(two));
    const [kept, freed] = [inFolder('kept.onnx'), inFolder('freed.onnx')];
    const first = await runCaptured(['convert', file, kept]);
    expect(first).toMatchObject({ status: 0 });
    expect(first.stdout).toMatch(
      /kept\.onnx: \d+ bytes\nnothing changed but names\noutputs agree with the file itself .* within 0\.0e\+0/,
    );
    const second = await runCaptured(['convert', file, freed, '--repair-batch']);
    expect(second.stdout).toContain('input a: [1, 2] before, [batch, 2] now');
    const input = written('in.npz', writeNpz({ a: rows([1, -2, 3, 4]), b: rows([5, 6, 7, 8]) }));
    const output = inFolder('freed.npz');
    expect((await runCaptured(['run', freed, '--input', input, '--output', output])).status).toBe(
      0,
    );
    expect([...(readNpz(readFileSync(output)).get('sum')?.data ?? [])]).toEqual([6, 6, 10, 12]);
    // The written file reads as the same network.
    const again = (path: string) => readModel(readFileSync(path), { name: 'm' }).network;
    expect(again(kept)).toEqual(again(freed));
  });

  it('--repair-batch refuses a model that mixes rows, naming the node', async () => {
    const out = inFolder('m2.onnx');
    const { status, stderr } = await runCaptured([
      'convert',
      written('m.onnx', writeOnnx(mixing)),
      out,
      '--repair-batch',
    ]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/every op lets rows pass on their own.*at node "flat"/);
    expect(existsSync(out)).toBe(false);
  });

  it('refuses to write over a file, and a model whose ops are not read', async () => {
    const file = written('two.onnx', writeOnnx(two));
    expect((await runCaptured(['convert', file, file])).stderr).toContain('--force');
    const odd = written(
      'odd.onnx',
      writeOnnx({
        ...two,
        nodes: two.nodes.map((node) => (node.op === 'Relu' ? { ...node, op: 'Sign' } : node)),
      }),
    );
    const { status, stderr } = await runCaptured(['convert', odd, inFolder('odd2.onnx')]);
    expect(status).toBe(2);
    expect(stderr).toContain('got readOnnx: unsupported op "Sign" at node "relu"');
  });
});
