import { FloatpathError } from '@floatpath/core';
import { describe, expect, test } from 'vitest';
import { readModel } from '../../src/index.js';
import { kerasFile, kerasNames, kerasOutputs } from '../support/golden-keras.js';
import { relativeDifference, runNetwork, waves } from '../support/networks.js';
import { hasOnnxRuntime } from '../support/onnx-runtime.js';

const ways = {
  'a .keras archive': (name: string) => readModel(kerasFile(name, 'keras'), { name }),
  'an .h5 file': (name: string) => readModel(kerasFile(name, 'h5'), { name }),
  'JSON with save_weights': (name: string) =>
    readModel(kerasFile(name, 'json'), { name, weights: kerasFile(name, 'weights.h5') }),
  'JSON with the weights of an .h5 file': (name: string) =>
    readModel(kerasFile(name, 'json'), { name, weights: kerasFile(name, 'h5') }),
};

describe.each(Object.entries(ways))('%s', (_, read) => {
  test.skipIf(!hasOnnxRuntime).each(kerasNames)('%s gives the outputs of Keras', async (name) => {
    const { shape, outputs } = kerasOutputs(name);
    const { network } = read(name);
    const made = await runNetwork(network, waves(shape));
    expect(made.map((output) => output.shape)).toEqual(outputs.map((output) => output.shape));
    // float32 on both sides, summed in another order.
    made.forEach(({ data }, i) =>
      expect(relativeDifference(data, outputs[i]?.data ?? [])).toBeLessThan(1e-5),
    );
  });

  test('reads as the same model from its own bytes', () => {
    const model = read('nested');
    expect(readModel(model.bytes, { name: 'nested' })).toEqual(model);
  });
});

test('says the order of axes of images, and nothing of other inputs', () => {
  expect(ways['an .h5 file']('convs').facts?.inputLayout).toBe('nhwc');
  expect(ways['an .h5 file']('nested').facts?.inputLayout).toBeUndefined();
});

function edited(change: (config: string) => string): () => unknown {
  const json = new TextDecoder().decode(kerasFile('nested', 'json'));
  return () =>
    readModel(new TextEncoder().encode(change(json)), {
      name: 'm',
      weights: kerasFile('nested', 'weights.h5'),
    });
}

test.each<[string, (json: string) => string, string, RegExp]>([
  [
    'another layer',
    (json) => json.replaceAll('"Minimum"', '"LSTM"'),
    'unsupported-op',
    /LSTM.*minimum/,
  ],
  [
    'an activation',
    (json) => json.replace('"relu"', '"sparsemax"'),
    'unsupported-op',
    /sparsemax.*dense/,
  ],
  [
    'a model class',
    (json) => json.replace('"Functional"', '"MyModel"'),
    'unsupported-op',
    /MyModel/,
  ],
  [
    'a shape that is not fixed',
    (json) => json.replace('[null, 5]', '[null, null]'),
    'unsupported-format',
    /input/,
  ],
  [
    'a layer that is not there',
    (json) => json.replaceAll('["block", 0, 0]', '["gone", 0, 0]'),
    'malformed-file',
    /gone/,
  ],
  ['other JSON', () => '{"class_name": 3}', 'unsupported-format', /JSON that holds no model/],
  ['no JSON', (json) => json.slice(0, 100), 'malformed-file', /JSON/],
])('%s is refused by name', (_, change, code, message) => {
  let thrown: unknown;
  try {
    edited(change)();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(FloatpathError);
  expect(thrown).toMatchObject({ code, message: expect.stringMatching(message) as string });
});

test('an architecture alone, or weights alone, say what is missing', () => {
  expect(() => readModel(kerasFile('nested', 'json'), { name: 'm' })).toThrow(
    expect.objectContaining({
      code: 'unsupported-format',
      message: expect.stringContaining('weights') as string,
    }),
  );
  expect(() => readModel(kerasFile('nested', 'weights.h5'), { name: 'm' })).toThrow(
    expect.objectContaining({
      code: 'unsupported-format',
      message: expect.stringContaining('JSON') as string,
    }),
  );
});
