import { createRequire } from 'node:module';
import { pgd } from '@floatpath/attacks';
import {
  argmaxRows,
  defaultPreprocessing,
  fillWords,
  float32Tensor,
  rowsOf,
  type Float32Tensor,
  type Network,
} from '@floatpath/core';
import { createClassifier, referenceEngine } from '@floatpath/engine';
import type { OrtModule } from '@floatpath/engine/ort';
import { readModel, writeOnnx } from '@floatpath/model-io';
import {
  averagedWithDenoised,
  behindDenoiser,
  composedNetwork,
  denoiserIn,
  refutationFile,
  refute,
  replayRefutations,
  scRfp,
  selectionsIn,
  templateNetworks,
  type AnchorKind,
  type Calibration,
  type UnconditionalAnchor,
} from '@floatpath/sc-rfp';
import { integerGaussian } from '@floatpath/smoothing';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  calibrateModel,
  calibrationLines,
  checkExport,
  exportModel,
  refuteModel,
  replayModel,
  requestedAnchor,
  smoothableModel,
  type AnchorRequest,
  type CalibrateRequest,
  type SmoothableModel,
} from '../src/index.js';
import { engine, tinyNetwork } from './tiny.js';

const noise = integerGaussian({ sigma: 0.25, bounds: [0, 1] });
const request: CalibrateRequest = {
  anchor: 'denoised',
  form: 'path-sum',
  noise,
  draws: 16,
  denoiser: 'conv',
  heldOut: 0,
  kappas: [1],
  lambdas: [0.75, 0.5],
  n0: 20,
  n: 60,
  alpha: 0.01,
  seed: 0,
  batchSize: 60,
};

/** 8-bit images labelled by the network. */
async function labelled(from: number, count: number) {
  const words = new Uint32Array(count * 36);
  fillWords(words, { seed: 7, purpose: 'calibration', image: from, draw: 0 });
  const pixels = Array.from(words, (w) => Math.fround((w % 256) / 255));
  const images = float32Tensor([count, 1, 6, 6], pixels);
  await using classifier = await createClassifier(engine, tinyNetwork(100), { bounds: [0, 1] });
  const labels = argmaxRows(await classifier.logits(images));
  return { images, labels, ids: Uint32Array.from({ length: count }, (_, i) => from + i) };
}

let ready: SmoothableModel;
let complete: Calibration;
beforeAll(async () => {
  const model = readModel(writeOnnx(tinyNetwork(100)), { name: 'tiny' });
  const data = await labelled(1000, 60);
  ready = await smoothableModel(model, data, defaultPreprocessing, engine);
  const global = await calibrateModel(engine, ready, data, { ...request, anchor: 'global' });
  const denoised = await calibrateModel(engine, ready, data, request);
  complete = { ...denoised, selections: selectionsIn(global) };
});

/** What ONNX Runtime itself makes of the bytes. */
async function inOnnxRuntime(bytes: Uint8Array, x: Float32Tensor): Promise<readonly number[]> {
  const enginePackage = new URL('../../engine/package.json', import.meta.url);
  const ort = createRequire(enginePackage)('onnxruntime-node') as OrtModule;
  const session = await ort.InferenceSession.create(bytes);
  const [name = ''] = session.inputNames;
  const outputs = await session.run({ [name]: new ort.Tensor('float32', x.data, [...x.shape]) });
  return Array.from(outputs[session.outputNames[0] ?? '']?.data as Float32Array);
}

describe('exported bytes', () => {
  const lambda = 0.5;
  const anchors = ['input', 'global', 'denoised'] as const;
  const forms = ['path-sum', 'layerwise', 'expectation'] as const;

  async function expectSameLogits(network: Network, bytes: Uint8Array, x: Float32Tensor) {
    const theirs = await inOnnxRuntime(bytes, x);
    // The default engine is ONNX Runtime, too; the reference shares nothing with it and computes in float64.
    for (const own of [engine, referenceEngine()]) {
      await using kernel = await own.load(network);
      const [input] = network.inputs;
      const fetches = await kernel.run({ [input?.name ?? '']: x });
      const ours = Array.from(fetches[network.outputs[0]?.name ?? '']?.data as Float32Array);
      expect(theirs).toHaveLength(ours.length);
      // Float32 roundings of logits of about 1; no unit of these images lies at its threshold.
      theirs.forEach((v, i) => expect(Math.abs(v - (ours[i] as number))).toBeLessThan(1e-5));
      expect(new Set(ours).size).toBeGreaterThan(3);
    }
  }

  it.each(anchors.flatMap((anchor) => forms.map((form) => [anchor, form] as const)))(
    'of the %s anchor, %s form, give the same logits in ONNX Runtime',
    async (anchor, form) => {
      const { images } = await labelled(5, 9);
      const made = exportModel(ready, { anchor, form, lambda }, complete);
      await expectSameLogits(made.network, made.bytes, images);
      expect(await checkExport(engine, made, images)).toBeLessThan(1e-5);
      // And are no copy of the plain network.
      const plain = await inOnnxRuntime(writeOnnx(ready.network), images);
      expect(await inOnnxRuntime(made.bytes, images)).not.toEqual(plain);
    },
  );

  it('of controls, templates and composed looks do, too', async () => {
    const { images } = await labelled(5, 8);
    const denoiser = denoiserIn(complete, 'conv');
    const { templates } = selectionsIn(complete);
    const networks = [
      behindDenoiser(ready.network, denoiser),
      averagedWithDenoised(ready.network, denoiser),
      ...templateNetworks(ready.network, { templates, q: 0.4, form: 'path-sum', lambda }),
    ];
    for (const network of networks) await expectSameLogits(network, writeOnnx(network), images);
    const { deviations } = complete;
    const looks = composedNetwork(ready.network, {
      kappa: 1,
      deviations,
      form: 'path-sum',
      lambda,
    });
    const pairs = float32Tensor([4, 2, 1, 6, 6], images.data);
    await expectSameLogits(looks, writeOnnx(looks), pairs);
  });

  it('that differ are noticed', async () => {
    const { images } = await labelled(5, 9);
    const made = exportModel(ready, { anchor: 'input', form: 'path-sum', lambda }, complete);
    const other = exportModel(ready, { anchor: 'input', form: 'path-sum', lambda: 0.4 }, complete);
    await expect(
      checkExport(engine, { bytes: other.bytes, network: made.network }, images),
    ).rejects.toMatchObject({ code: 'artefact-mismatch' });
  });

  it.each([
    [{ anchor: 'center', form: 'path-sum', lambda }, 'invalid-argument'],
    [{ anchor: 'signs-at-x', form: 'layerwise', lambda }, 'invalid-argument'],
    [{ anchor: 'input', form: 'path-sum', lambda: 1.2 }, 'invalid-argument'],
    [{ anchor: 'denoised', form: 'path-sum', lambda, denoiser: 'full' }, 'not-calibrated'],
  ] satisfies readonly (readonly [AnchorRequest, string])[])('%j is refused', (wanted, code) => {
    expect(() => exportModel(ready, wanted, complete)).toThrow(expect.objectContaining({ code }));
  });

  it('need a calibration of this model', () => {
    const wanted = { anchor: 'input', form: 'path-sum', lambda } as const;
    const refusal = expect.objectContaining({ code: 'not-calibrated' }) as Error;
    expect(() => exportModel(ready, wanted)).toThrow(refusal);
    expect(() => exportModel(ready, wanted, { ...complete, modelHash: 'another' })).toThrow(
      refusal,
    );
  });
});

describe('calibrateModel', () => {
  it('chooses on the last images and says so', async () => {
    const data = await labelled(2000, 30);
    const made = await calibrateModel(engine, ready, data, { ...request, heldOut: 6 });
    expect(made.images).toBe(24);
    const [choice] = made.choices ?? [];
    expect(choice?.candidates).toHaveLength(2);
    expect(choice?.images).toBe(6);
    const lines = calibrationLines(made).join('\n');
    expect(lines).toContain('deviations of 24 units at sigma 0.25: 24 images, 16 draws each');
    expect(lines).toContain('conv denoiser for [1, 6, 6]');
    expect(lines).toContain('chosen on 6 held-out images at n 60: denoised(conv, kappa 1)');
    expect(lines).toContain('30 images are in here and cannot be reported on');
  });

  it('needs images besides the held-out ones', async () => {
    const data = await labelled(2000, 3);
    await expect(
      calibrateModel(engine, ready, data, { ...request, heldOut: 3 }),
    ).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});

describe('refuteModel', () => {
  const attack = pgd({ steps: 4, objective: 'margin' });
  const how = { noise, attack, n0: 20, n: 60, alpha: 0.01, seed: 0, batchSize: 60 };
  const wanted = (anchor: AnchorKind, form: AnchorRequest['form'] = 'path-sum') => ({
    ...how,
    repressed: { anchor, form, lambda: 0.5 },
  });

  it.each([
    ['plain', how, 'unconditional'],
    ['input', wanted('input'), 'unconditional'],
    ['global', wanted('global', 'expectation'), 'unconditional'],
    ['denoised', wanted('denoised'), 'unconditional'],
    ['center', wanted('center'), 'conditional'],
    ['signs-at-x', wanted('signs-at-x', 'layerwise'), 'conditional'],
  ] as const)('searches against %s', async (name, asked, guarantee) => {
    const data = await labelled(0, 4);
    const { result, lines, failed, file } = await refuteModel(engine, ready, data, asked, complete);
    expect(result.guarantee).toBe(guarantee);
    expect(result.verdict.claims).toBeGreaterThan(0);
    expect(failed).toBe(false);
    expect(lines[0]).toContain(
      `${guarantee === 'conditional' ? 'surrogate' : 'certified'} radii broken (${guarantee}, grid)`,
    );
    expect(lines.join('\n').includes('CONDITIONAL')).toBe(guarantee === 'conditional');
    expect(lines.some((line) => line.startsWith('average radius over plain'))).toBe(
      guarantee === 'unconditional' && name !== 'plain',
    );
    // Beside a gain of the denoised anchor, what the denoiser gives alone.
    expect(lines.filter((line) => line.startsWith('average radius over'))).toHaveLength(
      guarantee === 'conditional' || name === 'plain' ? 0 : name === 'denoised' ? 3 : 1,
    );
    expect(file.record.rows).toHaveLength(result.verdict.refuted);
  });

  it('gives counterexamples that can be replayed', async () => {
    const data = await labelled(0, 4);
    const asked = wanted('input');
    const { file } = await refuteModel(engine, ready, data, asked, complete);
    const { anchor, form } = requestedAnchor({ ...asked.repressed, anchor: 'input' }, complete);
    const fixed = scRfp(ready.network, {
      anchor: anchor satisfies UnconditionalAnchor,
      form,
      lambda: 0.5,
    });
    await using classifier = await createClassifier(engine, fixed, { bounds: [0, 1] });
    const again = await replayRefutations(classifier, file, { noise, seed: 5, batchSize: 60 });
    expect(again).toHaveLength(file.record.rows.length);
  });

  it('asks again at planted counterexamples, and nobody else', async () => {
    const { images, ids } = await labelled(0, 3);
    await using plain = await createClassifier(engine, ready.network, { bounds: [0, 1] });
    const labels = argmaxRows(await plain.logits(images));
    // As if every label held everywhere.
    const claims = Array.from(labels, (label, i) => ({
      ...{ x: rowsOf(images, i, i + 1), image: ids[i] as number, label, radius: 5 },
    }));
    const options = { noise, attack, n: 60, alpha: 0.01, seed: 1, batchSize: 60 };
    const result = await refute(plain, claims, options);
    const of = { target: 'plain', modelHash: ready.hash, calibration: null };
    const file = refutationFile(of, claims, result, options);
    expect(file.record.rows.length).toBeGreaterThan(0);
    const asked = { noise, seed: 7, batchSize: 60 };
    const { again, lines } = await replayModel(engine, ready, file, asked);
    expect(again).toEqual(file.record.rows.map(() => true));
    expect(lines[0]).toBe(
      `plain: ${again.length} of ${again.length} counterexamples hold again (unconditional, grid)`,
    );
    const repressed = { anchor: 'center', form: 'path-sum', lambda: 0 } as const;
    await expect(replayModel(engine, ready, file, { ...asked, repressed })).rejects.toMatchObject({
      code: 'invalid-data',
    });
    await expect(
      replayModel(engine, { ...ready, hash: 'another' }, file, asked),
    ).rejects.toMatchObject({ code: 'invalid-data' });

    // The same inputs with their own labels are no counterexamples.
    const own = result.attempts.map((attempt) => ({
      ...{ ...attempt, label: attempt.predicted ?? attempt.label },
    }));
    const none = refutationFile(of, claims, { ...result, attempts: own }, options);
    expect((await replayModel(engine, ready, none, asked)).lines.at(-1)).toMatch(
      /not again: those/,
    );
  });

  it('refuses images that the calibration has seen', async () => {
    const { images, labels, ids } = await labelled(1000, 60);
    const seen = { images: rowsOf(images, 0, 2), labels: labels.slice(0, 2), ids: ids.slice(0, 2) };
    await expect(refuteModel(engine, ready, seen, wanted('input'), complete)).rejects.toMatchObject(
      { code: 'invalid-data' },
    );
  });
});
