import { gzipSync } from 'node:zlib';
import { defaultPreprocessing } from '@floatpath/core';
import { describe, expect, test } from 'vitest';
import { onnxFile, weight } from '../test/support/onnx-file.js';
import { detectFormat } from './detect.js';
import { modelHash, readModel, readOpaque } from './model.js';

const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));
const file = onnxFile({ opset: 13, input: [1, 2], nodes: [['Relu', 'x', 'y']] });

test('readModel keeps the bytes beside the network', () => {
  const model = readModel(file, { name: 'tiny' });
  expect(model).toMatchObject({
    kind: 'graph',
    name: 'tiny',
    format: 'onnx',
    network: { name: 'tiny' },
  });
  expect(model.bytes).toBe(file);
});

describe('readOpaque', () => {
  test('takes inputs and outputs from the declarations, whatever the nodes are', () => {
    const opaque = onnxFile({
      opset: 13,
      input: ['N', 3, 'H', 8],
      inputType: 10,
      nodes: [['Einsum', 'x w', 'y']],
      weights: { w: weight([1], [1]) },
      listedAsInputs: true,
      domain: 'com.example',
    });
    expect(() => readModel(opaque, { name: 'm' })).toThrow(
      expect.objectContaining({ code: 'unsupported-op' }),
    );
    expect(readOpaque(opaque, { name: 'm' })).toEqual({
      kind: 'opaque',
      name: 'm',
      format: 'onnx',
      bytes: opaque,
      inputs: [{ name: 'x', dtype: 'float16', shape: ['batch', 3, 'unknown', 8] }],
      outputs: [{ name: 'y', dtype: 'unknown' }],
    });
  });

  test('refuses what is no model', () => {
    for (const bytes of [file.subarray(0, 7), Uint8Array.of(8, 8)])
      expect(() => readOpaque(bytes, { name: 'm' })).toThrow(
        expect.objectContaining({ code: 'malformed-file' }),
      );
  });
});

describe('detectFormat', () => {
  test.each([
    ['PK\x03\x04....', 'zip'],
    ['\x89PNG\r\n\x1a\n', 'PNG'],
    ['\xff\xd8\xff\xe0', 'JPEG'],
    ['%PDF-1.7', 'PDF'],
    ['\x00\x00\x08\x03\x00\x00', 'IDX'],
    ['\x1c\x00\x00\x00TFL3', 'tf2onnx'],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:4d7a', 'run git lfs pull'],
    ['\x93NUMPY\x01\x00', 'NumPy'],
    ['\x80\x02}q\x00', 'pickle'],
    [' { "format": "layers-model" }', 'JSON'],
    ['<!DOCTYPE html><html>', 'HTML'],
    ['The quick brown fox jumps over the lazy dog and goes on past sixty-four letters', 'text'],
  ])('%j looks like %s', (text, what) => {
    expect(() => detectFormat(bytesOf(text))).toThrow(
      expect.objectContaining({
        code: 'unsupported-format',
        message: expect.stringContaining(what) as string,
      }),
    );
  });

  test.each([
    ['\x89HDF\r\n\x1a\n', 'keras-h5'],
    ['// a comment\n2,2,3,3,\n2,2,3,\n', 'nnet'],
    ['5,6,1,40\r\n', 'nnet'],
    ['{"modelTopology":{"class_name":"Sequential"}}', 'tfjs-layers'],
    ['{"modelTopology":{"node":[]}}', 'tfjs-graph'],
    ['{"class_name":"Sequential"}', 'keras-json'],
    ['\x08\x08', 'onnx'],
  ])('%j is %s', (text, format) => {
    expect(detectFormat(bytesOf(text))).toBe(format);
  });

  test('a gzipped file is the file inside, a damaged one malformed', () => {
    const packed = new Uint8Array(gzipSync(file));
    expect(detectFormat(packed)).toBe('onnx');
    expect(readModel(packed, { name: 'm' })).toEqual(readModel(file, { name: 'm' }));
    expect(readOpaque(packed, { name: 'm' })).toEqual(readOpaque(file, { name: 'm' }));
    for (const damaged of [
      packed.subarray(0, 30),
      packed.map((byte, i) => (i === 40 ? byte ^ 1 : byte)),
    ])
      expect(() => readModel(damaged, { name: 'm' })).toThrow(
        expect.objectContaining({
          code: 'malformed-file',
          message: expect.stringContaining('gzip file') as string,
        }),
      );
    // 100 MB of zeros in 100 kB.
    const bomb = new Uint8Array(gzipSync(new Uint8Array(1e8)));
    expect(() => readModel(bomb, { name: 'm' })).toThrow(/expected at most \d+ bytes in the gzip/);
  });

  test('an empty file is malformed', () => {
    expect(() => detectFormat(new Uint8Array())).toThrow(
      expect.objectContaining({ code: 'malformed-file' }),
    );
  });
});

describe('modelHash', () => {
  test('is SHA-256 of the bytes and the preprocessing', async () => {
    // printf 'abc{"bounds":[0,1],"layout":"nchw"}' | sha256sum
    expect(await modelHash(bytesOf('abc'), defaultPreprocessing)).toBe(
      '825b33c651bf4481fc0732eefea464c1cf5e63c31545e2a02df563d91ba07bf7',
    );
  });

  test('depends on values, not on the order of keys', async () => {
    const one = await modelHash(file, { bounds: [0, 1], mean: [0.5], layout: 'nchw' });
    expect(await modelHash(file, { layout: 'nchw', mean: [0.5], bounds: [0, 1] })).toBe(one);
    expect(await modelHash(file, { layout: 'nchw', mean: [0.25], bounds: [0, 1] })).not.toBe(one);
  });
});
