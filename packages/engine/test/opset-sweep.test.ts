// Every op of model-io's table in every operator set that has it, as files that the onnx package checked, against the outputs
// of its reference implementation.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { float32Tensor, numbersOf, type Fetches, type Network, type Tensor } from '@floatpath/core';
import { readOnnx } from '@floatpath/model-io';
import { expect, test } from 'vitest';
import { referenceEngine } from '../src/index.js';
import { onRuntime } from './support/engines.js';

interface Values {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** One form of an op, the same from one operator set to another; the file says the first. */
interface OpsetFile {
  readonly op: string;
  readonly from: number;
  readonly to: number;
  readonly model: string;
  readonly x: Values;
  readonly outputs: readonly Values[];
}

const golden = new URL('./golden/opset-files.json.gz', import.meta.url);
const files = JSON.parse(gunzipSync(readFileSync(golden)).toString()) as OpsetFile[];
const byOp = new Map(
  [...new Set(files.map(({ op }) => op))].map((op) => [op, files.filter((file) => file.op === op)]),
);

/** The operator set is the last byte of these files. */
function bytesFor({ model, from }: OpsetFile, opset: number): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(model, 'base64'));
  expect(bytes.at(-1)).toBe(from);
  bytes[bytes.length - 1] = opset;
  return bytes;
}

const readAs = (file: OpsetFile, opset: number): Network =>
  readOnnx(bytesFor(file, opset), { name: 'm' });

const feedsOf = ({ x }: OpsetFile) => ({ x: float32Tensor(x.shape, x.data) });

/** The published values are NumPy's in float32: some roundings of 2^-24 on sums of a few terms. */
const TOLERANCE = 2e-6;

function misses(fetches: Fetches, names: readonly string[], { outputs }: OpsetFile): boolean {
  return outputs.some(({ shape, data }, at) => {
    const tensor = fetches[names[at] ?? ''] as Tensor;
    const got = numbersOf(tensor);
    return (
      tensor.shape.join() !== shape.join() ||
      data.some((v, i) => !(Math.abs((got[i] ?? NaN) - v) <= TOLERANCE * (1 + Math.abs(v))))
    );
  });
}

async function wrongOn(file: OpsetFile): Promise<string[]> {
  const network = readAs(file, file.from);
  const names = network.outputs.map(({ name }) => name);
  const wrong: string[] = [];
  for (const engine of [referenceEngine(), onRuntime]) {
    await using kernel = await engine.load(network);
    if (misses(await kernel.run(feedsOf(file)), names, file)) wrong.push(engine.name);
  }
  // ONNX Runtime runs files from operator set 7 on.
  if (file.to >= 7) {
    await using own = await onRuntime.loadOnnx(bytesFor(file, file.to));
    if (misses(await own.run(feedsOf(file)), own.outputNames, file)) wrong.push('the file itself');
  }
  return wrong;
}

test('the files cover the table of the README, in every operator set up to 26', () => {
  const readme = readFileSync(new URL('../../model-io/README.md', import.meta.url), 'utf8');
  const lists = readme.match(/^- (?:linear|piecewise linear|smooth|without .*?): .*$/gm) ?? [];
  const table = lists.flatMap((line) => line.slice(line.indexOf(':')).match(/[A-Z]\w+/g) ?? []);
  expect(table.length).toBeGreaterThan(60);
  expect([...byOp.keys()].sort()).toEqual(table.sort());
  for (const [op, forms] of byOp) {
    const covered = new Set(
      forms.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i)),
    );
    const first = Math.min(...covered);
    // Upsample was withdrawn in 10.
    const last = op === 'Upsample' ? 9 : 26;
    expect([...covered].length, op).toBe(last - first + 1);
    expect(Math.max(...covered), op).toBe(last);
  }
});

test.each([...byOp.keys()])(
  '%s: the reference, ONNX Runtime and the file itself give the published outputs',
  async (op) => {
    for (const file of byOp.get(op) ?? []) {
      const label = `operator sets ${file.from} to ${file.to}`;
      const network = readAs(file, file.from);
      for (let opset = file.from; opset <= file.to; opset += 1)
        expect(readAs(file, opset), `${label}: ${opset}`).toEqual(network);
      expect(await wrongOn(file), label).toEqual([]);
    }
  },
);

test('planted fault: a legacy file read as one of operator set 13 is seen', async () => {
  const legacy = byOp.get('Softmax')?.find(({ from, x }) => from === 1 && x.shape.length === 3);
  expect(legacy).toBeDefined();
  const { model, ...rest } = legacy as OpsetFile;
  const bytes = Buffer.from(model, 'base64');
  bytes[bytes.length - 1] = 13;
  const moved = { ...rest, from: 13, to: 13, model: bytes.toString('base64') };
  expect(await wrongOn(moved)).toContain('reference float64');
});
