// TensorFlow.js models in their own runtime. The packages are those that model-io's tests install.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { modelSubject, runModel } from '@floatpath/audit';
import { defaultPreprocessing, float32Tensor, type Model } from '@floatpath/core';
import { readAnyModel, readModel } from '@floatpath/model-io';
import { expect, test } from 'vitest';
import { loadTfjsFile } from '../src/load-tfjs-file.js';

const place = fileURLToPath(new URL('../../model-io/package.json', import.meta.url));
const installed = ((): boolean => {
  try {
    createRequire(place).resolve('@tensorflow/tfjs-layers');
    return true;
  } catch {
    return false;
  }
})();

const weights = new Uint8Array(Float32Array.of(1, -2, 3, 4, 0.5, -1).buffer);
const specs = (kernel: string, bias: string) => [
  { name: kernel, shape: [2, 2], dtype: 'float32' },
  { name: bias, shape: [2], dtype: 'float32' },
];
const manifest = (kernel: string, bias: string) => [
  { paths: ['w.bin'], weights: specs(kernel, bias) },
];
const dense = {
  units: 2,
  activation: 'relu',
  use_bias: true,
  name: 'd',
  batch_input_shape: [null, 2],
  dtype: 'float32',
};
const files = {
  'a layers model': {
    modelTopology: {
      class_name: 'Sequential',
      config: [{ class_name: 'Dense', config: dense }],
      keras_version: '2.2.4',
    },
    weightsManifest: manifest('d/kernel', 'd/bias'),
  },
  'a graph model': {
    format: 'graph-model',
    modelTopology: {
      versions: {},
      node: [
        {
          name: 'x',
          op: 'Placeholder',
          attr: { dtype: { type: 1 }, shape: { shape: { dim: [{ size: '-1' }, { size: '2' }] } } },
        },
        { name: 'k', op: 'Const', attr: { dtype: { type: 1 } } },
        { name: 'b', op: 'Const', attr: { dtype: { type: 1 } } },
        { name: 'm', op: 'MatMul', input: ['x', 'k'], attr: { T: { type: 1 } } },
        { name: 'a', op: 'BiasAdd', input: ['m', 'b'], attr: { T: { type: 1 } } },
        { name: 'y', op: 'Relu', input: ['a'], attr: { T: { type: 1 } } },
      ],
    },
    weightsManifest: manifest('k', 'b'),
  },
};

const read = (json: unknown) =>
  readModel(new TextEncoder().encode(JSON.stringify(json)), {
    name: 'm',
    externalData: () => weights,
  });

test.skipIf(!installed).each(Object.entries(files))('%s runs on its own bytes', async (_, json) => {
  await using file = await loadTfjsFile(read(json), [place]);
  const [name = ''] = file?.inputNames ?? [];
  const fetches = await file?.run({ [name]: float32Tensor([2, 2], [1, 1, 2, -1]) });
  // relu([1 1; 2 -1] [1 -2; 3 4] + [.5 -1]), by hand.
  expect(Object.values(fetches ?? {})[0]).toEqual(float32Tensor([2, 2], [4.5, 1, 0, 0]));
});

test('where the packages are not installed, or for another format, there is none', async () => {
  const model = read(files['a layers model']);
  expect(await loadTfjsFile(model, [])).toBeUndefined();
  expect(await loadTfjsFile({ ...model, format: 'nnet' }, [place])).toBeUndefined();
});

test.skipIf(!installed)('what TensorFlow.js does not load is said in its words', async () => {
  const model = read(files['a layers model']);
  const broken = JSON.parse(
    JSON.stringify(files['a layers model']).replace('"relu"', '"odd"'),
  ) as unknown;
  const bytes = readBytes(model.bytes, broken);
  await expect(loadTfjsFile({ format: 'tfjs-layers', bytes }, [place])).rejects.toMatchObject({
    code: 'engine-failed',
    message: expect.stringContaining('TensorFlow.js: cannot load') as string,
  });
});

/** The same archive with another model.json of the same length. */
function readBytes(archive: Uint8Array, json: unknown): Uint8Array {
  const text = JSON.stringify(json);
  const before = JSON.stringify(files['a layers model']);
  const bytes = archive.slice();
  const at = Buffer.from(bytes).indexOf(before);
  bytes.set(new TextEncoder().encode(text.padEnd(before.length)), at);
  return bytes;
}

test.skipIf(!installed)(
  'a model whose ops are not read is a classifier on its own bytes',
  async () => {
    const cumulated = structuredClone(files['a graph model']);
    cumulated.modelTopology.node.push({
      name: 'z',
      op: 'Sin',
      input: ['y'],
      attr: { T: { type: 1 } },
    } as never);
    const model = readAnyModel(new TextEncoder().encode(JSON.stringify(cumulated)), {
      name: 'm',
      externalData: () => weights,
    });
    expect(model).toMatchObject({
      kind: 'opaque',
      refusal: expect.stringContaining('"Sin" at node "z"') as string,
    });
    const loadOnnx = (): never => {
      throw new Error('no ONNX here');
    };
    const runtime = { name: 'none', load: loadOnnx, loadOnnx };
    await using subject = await modelSubject(model, [2], defaultPreprocessing, {
      ...runtime,
      loadOther: (file) => loadTfjsFile(file, [place]),
    });
    const { data } = await subject.classifier.logits(float32Tensor([2, 2], [1, 1, 2, -1]));
    // As above, then its sine in float32.
    [Math.sin(4.5), Math.sin(1), 0, 0].forEach((wanted, i) =>
      expect(Math.abs((data[i] ?? NaN) - wanted)).toBeLessThan(1e-6),
    );
    const array = { dtype: 'float32', shape: [1, 2], data: Float32Array.of(1, 1) } as const;
    const own = { ...runtime, loadOther: (file: Model) => loadTfjsFile(file, [place]) };
    const [out] = Object.values(await runModel(own, model, new Map([['x', array]])));
    expect(out).toMatchObject({ shape: [1, 2], data: data.slice(0, 2) });
    await expect(modelSubject(model, [2], defaultPreprocessing, runtime)).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringMatching(/"Sin" at node "z".*npm install @tensorflow/) as string,
    });
  },
);
