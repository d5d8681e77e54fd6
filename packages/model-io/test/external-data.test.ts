import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { onnxFile, weight, type FileSpec } from './support/onnx-file.js';
import { hasOnnxRuntime, runOnnx } from './support/onnx-runtime.js';
import { inlineExternalData, readModel, readOnnx } from '../src/index.js';

const values = [1, 2, 3, 4];
/** Two bytes, the weights, two bytes: ranges need not be aligned. */
const beside = Buffer.concat([
  Buffer.from([7, 7]),
  Buffer.from(Float32Array.from(values).buffer),
  Buffer.from([7, 7]),
]);

const spec = (w: NonNullable<FileSpec['weights']>[string]): FileSpec => ({
  opset: 13,
  input: [1, 2],
  nodes: [['MatMul', 'x w', 'y']],
  weights: { w },
});
const inside = onnxFile(spec(weight([2, 2], values)));
const external = (entries: Readonly<Record<string, string>>, dims = [2n, 2n]): Uint8Array =>
  onnxFile(
    spec({
      dims,
      dataType: 1,
      dataLocation: 1,
      externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
    }),
  );
const whole = external({ location: 'sub/w.bin', offset: '2', length: '16' });
const folder = (location: string): Uint8Array | undefined =>
  location === 'sub/w.bin' ? beside : undefined;

describe('weights in a file beside the model', () => {
  test('are read as if they were inside', () => {
    expect(readOnnx(whole, { externalData: folder })).toEqual(readOnnx(inside));
    expect(
      readOnnx(external({ location: './sub/w.bin', offset: '2', length: '16' }), {
        externalData: folder,
      }),
    ).toEqual(readOnnx(inside));
  });

  test('become part of the bytes of the model', () => {
    const model = readModel(whole, { name: 'm', externalData: folder });
    expect(readOnnx(model.bytes, { name: 'm' })).toEqual(model.network);
    expect(readModel(inside, { name: 'm', externalData: folder }).bytes).toBe(inside);
  });

  test.skipIf(!hasOnnxRuntime)('are found by ONNX Runtime in the one file', async () => {
    const x = { dtype: 'float32' as const, shape: [1, 2], data: Float32Array.of(1, 10) };
    expect(await runOnnx(inlineExternalData(whole, folder), { x })).toEqual(
      await runOnnx(inside, { x }),
    );
  });

  test.each<[string, Readonly<Record<string, string>>, string, RegExp]>([
    ...[
      '/etc/passwd',
      '../w.bin',
      'sub/../../w.bin',
      'C:\\w.bin',
      'C:/w.bin',
      '\\\\host\\w',
      'http://h/w',
      '',
      'sub//w',
      'w\u0000',
    ].map((location): [string, Readonly<Record<string, string>>, string, RegExp] => [
      `path ${JSON.stringify(location)}`,
      { location, length: '16' },
      'malformed-file',
      /tensor "w" to name a file within the model's folder/,
    ]),
    [
      'a range beyond the end',
      { location: 'sub/w.bin', offset: '8', length: '16' },
      'malformed-file',
      /bytes 8 to 24 .* got 20/,
    ],
    [
      'an offset beyond the end',
      { location: 'sub/w.bin', offset: '21' },
      'malformed-file',
      /bytes 21 to 20/,
    ],
    [
      'a negative offset',
      { location: 'sub/w.bin', offset: '-2', length: '16' },
      'malformed-file',
      /offset of tensor "w"/,
    ],
    [
      'too few bytes',
      { location: 'sub/w.bin', offset: '2', length: '12' },
      'malformed-file',
      /12 bytes where 16 belong/,
    ],
    ['a missing file', { location: 'w.bin' }, 'file-not-found', /"w" in the file "w.bin" beside/],
  ])('%s is refused', (_, entries, code, message) => {
    const externalData = (location: string): Uint8Array | undefined => folder(location);
    expect(() => readOnnx(external(entries), { externalData })).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
    );
  });

  test('the resolver is never asked for a path out of the folder', () => {
    const asked: string[] = [];
    const externalData = (location: string): undefined => void asked.push(location);
    expect(() => readOnnx(external({ location: '../../etc/passwd' }), { externalData })).toThrow();
    expect(asked).toEqual([]);
  });

  test('one file cannot serve any number of tensors', () => {
    const entry = {
      dims: [4n],
      dataType: 1,
      dataLocation: 1,
      externalData: [{ key: 'location', value: 'w' }],
    };
    const bytes = onnxFile({
      opset: 13,
      input: [1, 4],
      nodes: [['Sum', 'x a b c', 'y']],
      weights: { a: entry, b: entry, c: entry },
    });
    expect(() => readOnnx(bytes, { externalData: () => new Uint8Array(16) })).toThrow(
      /at most 2 times/,
    );
  });

  test('without a resolver the weights are named', () => {
    expect(() => readOnnx(whole)).toThrow(
      expect.objectContaining({
        code: 'unsupported-format',
        message: expect.stringMatching(/"w" with external data/) as string,
      }),
    );
  });
});
