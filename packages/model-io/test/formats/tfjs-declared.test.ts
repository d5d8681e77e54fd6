// TensorFlow.js models with layers and ops that are not read: they are taken as they are, with the reason.
import { FloatpathError } from '@floatpath/core';
import { expect, test } from 'vitest';
import { readAnyModel, readModel, readOpaque } from '../../src/index.js';

const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const beside = { name: 'm', externalData: () => new Uint8Array(0) };

const layers = (kind: string, shape: readonly (number | null)[]) => ({
  modelTopology: {
    class_name: 'Sequential',
    config: {
      name: 's',
      layers: [
        {
          class_name: kind,
          config: { name: 'first', units: 2, batch_input_shape: shape, dtype: 'float32' },
        },
      ],
    },
  },
  weightsManifest: [],
});

const graph = (op: string) => ({
  format: 'graph-model',
  modelTopology: {
    node: [
      {
        name: 'x',
        op: 'Placeholder',
        attr: {
          dtype: { type: 'DT_FLOAT' },
          shape: {
            shape: { dim: [{ size: '-1' }, { size: '4' }, { size: '4' }, { size: '3' }] },
          },
        },
      },
      { name: 'y', op, input: ['x'], attr: { T: { type: 'DT_FLOAT' } } },
    ],
  },
  weightsManifest: [],
});

test('a layers model with an unknown layer keeps its inputs and names the layer', () => {
  const model = readAnyModel(text(layers('LSTM', [null, 7, 3])), beside);
  expect(model).toMatchObject({
    kind: 'opaque',
    format: 'tfjs-layers',
    inputs: [{ name: 'first_input', dtype: 'float32', shape: ['batch', 7, 3] }],
    outputs: [{ name: 'first', dtype: 'float32' }],
    refusal: expect.stringMatching(/"LSTM".*"first"/) as string,
  });
  // What was read is one file now, which reads as the same model again.
  expect(readAnyModel(model.bytes, { name: 'm' })).toEqual(model);
});

test('a graph model with an unknown op keeps its inputs, its order of axes, and names the node', () => {
  const model = readAnyModel(text(graph('Cumsum')), beside);
  expect(model).toMatchObject({
    kind: 'opaque',
    format: 'tfjs-graph',
    facts: { inputLayout: 'nhwc' },
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 4, 4, 3] }],
    outputs: [{ name: 'y' }],
    refusal: expect.stringMatching(/"Cumsum" at node "y"/) as string,
  });
});

test('what can be read is read', () => {
  const bytes = text(graph('Relu'));
  expect(readAnyModel(bytes, beside)).toEqual(readModel(bytes, beside));
  expect(readOpaque(bytes, beside).refusal).toBeUndefined();
});

test('a format that nothing runs as it is keeps the refusal of its reader', () => {
  const keras = text({ class_name: 'Sequential', config: { layers: [] } });
  expect(() => readOpaque(keras, { name: 'm', weights: new Uint8Array(4) })).toThrow(
    FloatpathError,
  );
  const own = text({ ...layers('Dense', [null, 2]), modelTopology: { class_name: 'Mine' } });
  expect(() => readAnyModel(own, beside)).toThrow(/unsupported model class "Mine"/);
});
