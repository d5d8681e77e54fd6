// What can be said of engines on a GPU without one: how they are asked, named and refused. Numbers are in test/deep.
import { float32Tensor, type Engine } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import * as runtime from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { createFixedPointCounter, createLabelCounter, referenceEngine } from '../src/index.js';
import { conformanceCases } from '../src/conformance.js';
import { ortEngine, type OrtModule } from '../src/ort.js';
import { smallMlp } from './support/mlp.js';

interface Asked {
  readonly executionProviders?: readonly unknown[];
}

/** The native runtime on its CPU; `asked` is what it was asked for. */
function listening(): { readonly ort: OrtModule; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    ort: {
      Tensor: runtime.Tensor as unknown as OrtModule['Tensor'],
      InferenceSession: {
        create(bytes, options = {}) {
          asked.push(options);
          const { executionProviders: _, ...rest } = options;
          return (runtime as unknown as OrtModule).InferenceSession.create(bytes, rest);
        },
      },
    },
  };
}

const x = float32Tensor([1, 3], [0.2, 1, 0.4]);

test('providers are passed on and named; files on their own bytes stay on the CPU', async () => {
  const { ort, asked } = listening();
  const engine = ortEngine(ort, 'onnxruntime-web 1', { executionProviders: ['webgpu', 'wasm'] });
  expect(engine.name).toBe('onnxruntime-web 1 (webgpu, wasm)');
  await using kernel = await engine.load(smallMlp());
  await kernel.run({ x });
  expect(asked[0]?.executionProviders).toEqual([{ name: 'webgpu' }, 'wasm']);
  await using file = await engine.loadOnnx(writeOnnx(smallMlp()));
  expect(file.inputNames).toEqual(['x']);
  expect(asked[1]?.executionProviders).toEqual(['cpu']);
});

test('without providers nothing is said of them', async () => {
  const { ort, asked } = listening();
  const engine = ortEngine(ort, 'onnxruntime-node 1');
  await using kernel = await engine.load(smallMlp());
  await kernel.run({ x });
  expect(engine.name).toBe('onnxruntime-node 1');
  expect(asked[0]).not.toHaveProperty('executionProviders');
});

test('nodes that WebGPU is known to answer wrongly stay on the CPU, those of the caller too', async () => {
  const { ort, asked } = listening();
  const provider = { name: 'webgpu', preferredLayout: 'NCHW', forceCpuNodeNames: ['mine'] };
  const engine = ortEngine(ort, 'web', { executionProviders: [provider] });
  const forced: string[] = [];
  for (const { network, op, name } of conformanceCases()) {
    await using kernel = await engine.load(network);
    expect(kernel.network).toBe(network);
    const [entry] = asked.at(-1)?.executionProviders as [typeof provider];
    expect(entry.preferredLayout).toBe('NCHW');
    expect(entry.forceCpuNodeNames[0]).toBe('mine');
    if (entry.forceCpuNodeNames.length > 1) forced.push(`${op}, ${name}`);
  }
  expect(forced).toMatchInlineSnapshot(`
    [
      "Conv, 1 x 1, padded at the end alone",
      "Conv, as large as the image, padded at the end alone",
      "ConvTranspose, groups and dilation",
      "Slice, backward",
      "Slice, backward in steps of two, partly",
      "network, a Pad before a convolution",
    ]
  `);
});

test.each<[readonly string[], boolean]>([
  [[], false],
  [['cpu'], false],
  [['wasm'], false],
  [['webgpu'], true],
  [['webgpu', 'wasm'], true],
  [['cuda'], true],
])('rows on %j may depend on their batch: %s', (executionProviders, expected) => {
  expect(ortEngine(listening().ort, 'any', { executionProviders }).batchDependent).toBe(expected);
});

test('an engine whose rows may depend on their batch counts under noise in floats only', async () => {
  const engine: Engine = { ...referenceEngine(), name: 'some GPU', batchDependent: true };
  const bounds = [0, 1] as const;
  await expect(
    createLabelCounter(engine, smallMlp(), { bounds, arithmetic: 'grid' }),
  ).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringContaining('got some GPU') as string,
  });
  await using fixed = createFixedPointCounter(engine, smallMlp(), { bounds });
  const grid = {
    arithmetic: 'grid',
    rows: 1,
    values: new Float32Array(3),
    clip: [-255, 510],
  } as const;
  await expect(fixed.countLabels(x, grid)).rejects.toMatchObject({ code: 'invalid-argument' });
  await using counter = await createLabelCounter(engine, smallMlp(), {
    bounds,
    arithmetic: 'float',
  });
  const noise = { arithmetic: 'float', rows: 2, values: new Float32Array(6) } as const;
  const [counts] = await counter.countLabels(x, noise);
  expect(counts?.reduce((sum, count) => sum + count, 0)).toBe(2);
});

test('several networks may be loaded and run at once: the runtime sees one call at a time', async () => {
  let busy = 0;
  let most = 0;
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    busy += 1;
    most = Math.max(most, busy);
    try {
      return await work();
    } finally {
      busy -= 1;
    }
  };
  const { ort } = listening();
  const engine = ortEngine({
    Tensor: ort.Tensor,
    InferenceSession: {
      create: (bytes, options) =>
        alone(async () => {
          const session = await ort.InferenceSession.create(bytes, options);
          return {
            inputNames: session.inputNames,
            outputNames: session.outputNames,
            run: (feeds) => alone(() => session.run(feeds)),
            release: () => alone(() => session.release()),
          };
        }),
    },
  });
  const kernels = await Promise.all([engine.load(smallMlp()), engine.load(smallMlp())]);
  const answers = await Promise.all([...kernels, ...kernels].map((kernel) => kernel.run({ x })));
  expect(new Set(answers.map((fetches) => String(fetches['logits']?.data))).size).toBe(1);
  await Promise.all(kernels.map((kernel) => kernel[Symbol.asyncDispose]()));
  expect(most).toBe(1);
});
