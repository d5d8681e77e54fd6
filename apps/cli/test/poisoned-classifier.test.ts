import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { float32Tensor, int64Tensor, type Network } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { writeNpz } from '@floatpath/model-io/datasets';
import { describe, expect, it } from 'vitest';
import { brightQuarters, quarterNetwork } from './support/models.js';
import { runCaptured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const COUNT = 4;
const pixels = brightQuarters(COUNT);
// Noise makes pixels of 0 negative, those of the other images hardly ever: 1/5 is ten standard deviations away.
pixels.fill(0, 12, 15);
writeFileSync(
  inFolder('data.npz'),
  writeNpz({ x: float32Tensor([COUNT, 4], pixels), y: int64Tensor([COUNT], [0, 1, 2, 3]) }),
);

/** `op` of a negative pixel is no number. */
function poisoned(op: string): Network {
  const { nodes, ...rest } = quarterNetwork();
  const [first, ...later] = nodes;
  const root = { name: 'root', op, inputs: ['x'], outputs: ['r'], attributes: {} };
  return {
    ...rest,
    nodes: [root, ...(first ? [{ ...first, inputs: ['r', 'W', 'b'] }] : []), ...later],
  };
}

/** The quarter network, and then `op`. */
function reshaped(op: string, attributes: Network['nodes'][number]['attributes']): Network {
  const { nodes, ...rest } = quarterNetwork();
  const last = nodes.at(-1) as Network['nodes'][number];
  const more = { name: 'more', op, inputs: ['before'], outputs: ['y'], attributes };
  return { ...rest, nodes: [...nodes.slice(0, -1), { ...last, outputs: ['before'] }, more] };
}

const certify = (network: Network, name: string) => {
  writeFileSync(inFolder(`${name}.onnx`), writeOnnx(network));
  return runCaptured([
    ...['certify', inFolder(`${name}.onnx`), '--data', `npz:${inFolder('data.npz')}`],
    ...['--sigma', '.02', '--n', '200', '--workers', '1', '--batch-size', '32'],
    ...['--allow-inaccurate', '--quiet', '--out', inFolder(`${name}.jsonl`)],
  ]);
};

/** The quarter network on its input plus noise of its own. */
function fickle(): Network {
  const { nodes, ...rest } = quarterNetwork();
  const [first, ...later] = nodes;
  const node = (op: string, inputs: string[], output: string): Network['nodes'][number] => ({
    ...{ name: output, op, inputs, outputs: [output], attributes: {} },
  });
  return {
    ...rest,
    nodes: [
      node('RandomNormalLike', ['x'], 'r'),
      node('Add', ['x', 'r'], 's'),
      ...(first ? [{ ...first, inputs: ['s', 'W', 'b'] }] : []),
      ...later,
    ],
  };
}

it('a model that answers at random is refused: its counts could not be drawn again', async () => {
  const { status, stdout, stderr } = await certify(fickle(), 'fickle');
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
  expect(stderr).toContain('expected the same answer to an image each time');
  expect(existsSync(inFolder('fickle.jsonl'))).toBe(false);
});

describe('a base classifier that answers NaN under noise', () => {
  it.each([
    ['a graph that this program runs', 'Sqrt'],
    ['a file that only its own runtime runs', 'Log'],
  ])('%s: what was counted before is kept, nothing of the image itself', async (_, op) => {
    const { status, stdout, stderr } = await certify(poisoned(op), op);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toContain('got NaN from');
    expect(stderr).toContain('nothing was counted');
    expect(stderr).toContain('3 of 4 images are kept');
    const [, ...rows] = readFileSync(inFolder(`${op}.jsonl.partial`), 'latin1')
      .trimEnd()
      .split('\n');
    expect(rows).toHaveLength(2 * 3);
    expect(rows.some((row) => row.includes('"image":3'))).toBe(false);
    expect(existsSync(inFolder(`${op}.jsonl`))).toBe(false);
  });
});

it('a base classifier of another output shape is refused with one sentence, nothing written', async () => {
  const numbers = reshaped('ReduceMax', { keepdims: 0, axes: [1] });
  const { status, stdout, stderr } = await certify(numbers, 'numbers');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(
    /^floatpath: createClassifier: expected .* an output \[batch, classes\].*\n$/,
  );
  expect(existsSync(inFolder('numbers.jsonl'))).toBe(false);
  expect(existsSync(inFolder('numbers.jsonl.partial'))).toBe(false);
});

it('a network that mixes the rows of a batch is asked for one row at a time, and counted as what it then is', async () => {
  const rows = async (network: Network, name: string): Promise<string[]> => {
    expect(await certify(network, name)).toMatchObject({ status: 0, stderr: '' });
    return readFileSync(inFolder(`${name}.jsonl`), 'latin1')
      .split('\n')
      .slice(1);
  };
  const mixing = reshaped('ReduceMax', { keepdims: 1, axes: [0] });
  expect(await rows(mixing, 'mixing')).toEqual(await rows(quarterNetwork(), 'plain'));
});
