import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBeside, modelFiles } from '../src/model-files.js';
import { temporaryFolder } from './support/temporary-folder.js';

const at = temporaryFolder();
const file = (path: string, text = ''): string => {
  writeFileSync(at(path), text);
  return at(path);
};
for (const folder of ['digits', 'empty', 'odd+name']) mkdirSync(at(folder));

describe('modelFiles', () => {
  it.each([
    ['net.onnx', 'net'],
    ['net.onnx.gz', 'net'],
    ['net.v2.keras', 'net.v2'],
  ])('%s is named %s', (path, name) => {
    expect(modelFiles(file(path))).toEqual({ model: at(path), name });
  });

  it('takes the model.json of a folder, and the name of the folder', () => {
    const model = file('digits/model.json');
    expect(modelFiles(at('digits'))).toEqual({ model, name: 'digits' });
    expect(modelFiles(model)).toEqual({ model, name: 'digits' });
    expect(() => modelFiles(at('empty'))).toThrow(/got a folder without one: .*empty$/);
  });

  it('splits MODEL+WEIGHTS, but not a name that a file has', () => {
    const model = file('net.json');
    const weights = file('net.h5');
    expect(modelFiles(`${model}+${weights}`)).toEqual({ model, weights, name: 'net' });
    const plus = file('a+b.onnx');
    expect(modelFiles(plus)).toEqual({ model: plus, name: 'a+b' });
    const inside = file('odd+name/model.json');
    expect(modelFiles(at('odd+name'))).toEqual({ model: inside, name: 'odd+name' });
  });
});

describe('filesBeside', () => {
  const beside = filesBeside(file('beside.onnx'));

  it('gives what is in the folder and nothing for what is not', () => {
    file('weights.bin', 'abc');
    file('digits/group1', 'de');
    expect(new TextDecoder().decode(beside('weights.bin'))).toBe('abc');
    expect(new TextDecoder().decode(beside('digits/group1'))).toBe('de');
    expect(beside('none.bin')).toBeUndefined();
    expect(beside('digits')).toBeUndefined();
  });

  it('follows links within the folder only', () => {
    const outside = mkdtempSync(join(tmpdir(), 'floatpath-outside-'));
    try {
      writeFileSync(join(outside, 'secret'), 'secret');
      symlinkSync(at('weights.bin'), at('inside.bin'));
      symlinkSync(join(outside, 'secret'), at('link.bin'));
      symlinkSync(outside, at('linked'));
      expect(new TextDecoder().decode(beside('inside.bin'))).toBe('abc');
      for (const location of ['link.bin', 'linked/secret'])
        expect(() => beside(location)).toThrow(
          expect.objectContaining({
            code: 'malformed-file',
            message: expect.stringContaining(`"${location}" within the model's folder`) as string,
          }),
        );
    } finally {
      rmSync(outside, { recursive: true });
    }
  });
});
