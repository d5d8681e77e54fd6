import { FloatpathError, numbersOf } from '@floatpath/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { onnxFile, weight } from '../../test/support/onnx-file.js';
import { detectFormat } from '../detect.js';
import { readModel } from '../model.js';
import { onnxWithWeights } from './onnx-weights.js';
import { readSafetensors } from './read-safetensors.js';

/** `safetensors.numpy.save` of the safetensors library 0.8.0: F16, BF16, F32, F64, a scalar and a tensor without elements. */
const library =
  'iAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJtYWRlIjoiYnkgc2FmZXRlbnNvcnMifSwidzY0Ijp7ImR0eXBlIjoiRjY0Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbMCwxNl19LCJub25lIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlswLDNdLCJkYXRhX29mZnNldHMiOlsxNiwxNl19LCJzY2FsYXIiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6W10sImRhdGFfb2Zmc2V0cyI6WzE2LDIwXX0sInczMiI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMiwyXSwiZGF0YV9vZmZzZXRzIjpbMjAsMzZdfSwid2IiOnsiZHR5cGUiOiJCRjE2Iiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbMzYsNDJdfSwidzE2Ijp7ImR0eXBlIjoiRjE2Iiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbNDIsNDhdfX0gIJqZmZmZmbk/VVVVVVVV1T8AAPBAAADAPwAAEMDNzMw9yKogAIA/ScDNPWYu//sBAA==';
const libraryBytes = new Uint8Array(Buffer.from(library, 'base64'));

interface Stored {
  readonly dtype?: unknown;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A file as the format's description has it: length of the header, header, bytes. */
function written(tensors: Readonly<Record<string, Stored>>, extra: object = {}): Uint8Array {
  let at = 0;
  const header: Record<string, unknown> = { ...extra };
  for (const [name, { dtype = 'F32', shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [at, at + data.length] };
    at += data.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return new Uint8Array(
    Buffer.concat([length, text, ...Object.values(tensors).map(({ data }) => data)]),
  );
}

const floats = (...values: readonly number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer);

describe('readSafetensors', () => {
  test('reads what the library writes, wider types rounded once and narrower ones exactly', () => {
    const { tensors, widened } = readSafetensors(libraryBytes);
    const plain = Object.fromEntries(
      [...tensors].map(([name, { shape, data }]) => [name, [shape, [...data]]]),
    );
    // As NumPy prints them.
    expect(plain).toEqual({
      w32: [
        [2, 2],
        [1.5, -2.25, Math.fround(0.1), Math.fround(3e-39)],
      ],
      w16: [[3], [0.0999755859375, -65504, 5.960464477539063e-8]],
      w64: [[2], [0.10000000149011612, 0.3333333432674408]],
      wb: [[3], [1, -3.140625, 0.10009765625]],
      scalar: [[], [7.5]],
      none: [[0, 3], []],
    });
    expect([...widened].sort()).toEqual(['BF16', 'F16', 'F64']);
  });

  test('law: float32 tensors come back bit for bit, in any order and number', () => {
    const values = fc.array(fc.float({ noNaN: true }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), values, { maxKeys: 4 }), (given) => {
        fc.pre(!('__metadata__' in given) && !('__proto__' in given));
        const tensors = Object.fromEntries(
          Object.entries(given).map(([name, list]) => [
            name,
            { shape: [list.length], data: floats(...list) },
          ]),
        );
        const read = readSafetensors(written(tensors, { __metadata__: { a: 'b' } }));
        expect([...read.tensors.keys()].sort()).toEqual(Object.keys(given).sort());
        for (const [name, list] of Object.entries(given))
          expect(numbersOf(read.tensors.get(name) as never)).toEqual(
            numbersOf({ dtype: 'float32', shape: [list.length], data: Float32Array.from(list) }),
          );
      }),
    );
  });

  const two = floats(1, 2);
  test.each<[string, Uint8Array, string, RegExp]>([
    ['cut in its header', libraryBytes.subarray(0, 100), 'malformed-file', /claim of/],
    ['cut in its last tensor', libraryBytes.subarray(0, -1), 'malformed-file', /"w16"/],
    ['of seven bytes', libraryBytes.subarray(0, 7), 'malformed-file', /7 bytes/],
    [
      'with bytes of two tensors in one place',
      written(
        { a: { shape: [2], data: two } },
        { b: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } },
      ),
      'malformed-file',
      /bytes of its own/,
    ],
    [
      'with a shape of another size',
      written({ a: { shape: [3], data: two } }),
      'malformed-file',
      /12 bytes of tensor "a"/,
    ],
    [
      'with a negative extent',
      written({ a: { shape: [-2], data: two } }),
      'malformed-file',
      /shape and two offsets of tensor "a"/,
    ],
    [
      'of integers',
      written({ a: { dtype: 'I32', shape: [2], data: two } }),
      'unsupported-format',
      /tensor "a" in F16, BF16, F32 or F64, got "I32"/,
    ],
  ])('a file %s is refused by name', (_, bytes, code, message) => {
    expect(() => readSafetensors(bytes)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error,
    );
  });
});

describe('weights of an ONNX architecture', () => {
  const model = onnxFile({
    opset: 13,
    input: [1, 2],
    nodes: [
      ['MatMul', 'x w', 'h'],
      ['Add', 'h b', 'y'],
    ],
    weights: { w: weight([2, 2], [0, 0, 0, 0]), b: weight([2], [5, 6]) },
  });
  const w = { shape: [2, 2], data: floats(1, 2, 3, 4) };

  test('take the place of initializers by name; the others stay, and both are said', () => {
    const { network, facts, bytes } = readModel(model, { name: 'm', weights: written({ w }) });
    expect([...(network.constants.get('w')?.data ?? [])]).toEqual([1, 2, 3, 4]);
    expect([...(network.constants.get('b')?.data ?? [])]).toEqual([5, 6]);
    expect(facts?.notes.join()).toMatch(/1 weights are those of the file of weights, 1 those of/);
    // The whole is an ONNX file that needs nothing else.
    expect(readModel(bytes, { name: 'm' }).network).toEqual(network);
  });

  test('types other than float32 are said', () => {
    const half = { dtype: 'F16', shape: [2], data: Uint8Array.of(0x00, 0x3c, 0x00, 0xc0) };
    const { network, facts } = readModel(model, { name: 'm', weights: written({ b: half }) });
    expect([...(network.constants.get('b')?.data ?? [])]).toEqual([1, -2]);
    expect(facts?.notes.join()).toContain('weights stored as F16 are read as float32');
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['a tensor that the model has not', written({ v: w }), /tensor "v".*got w, b/],
    [
      'a tensor of another shape',
      written({ w: { ...w, shape: [4] } }),
      /tensor "w" of shape \[2, 2\] as in the model, got \[4\]/,
    ],
  ])('%s is refused by name', (_, weights, message) => {
    expect(() => onnxWithWeights(model, weights)).toThrow(FloatpathError);
    expect(() => onnxWithWeights(model, weights)).toThrow(message);
  });

  test('weights that are not finite are refused when the model is read', () => {
    const weights = written({ b: { shape: [2], data: floats(1, NaN) } });
    expect(() => readModel(model, { name: 'm', weights })).toThrow(/NaN at index 1 of tensor "b"/);
  });

  test('weights alone are no model', () => {
    expect(() => detectFormat(libraryBytes)).toThrow(/weights alone \(safetensors\)/);
  });
});
