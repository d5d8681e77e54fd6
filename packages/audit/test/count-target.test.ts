import { fileSchema, rowsOf } from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import {
  centerAnchor,
  createCenteredClassifier,
  expectationForm,
  scRfp,
  surrogateRadius,
} from '@floatpath/sc-rfp';
import {
  certificatesOf,
  certificationReport,
  certify,
  noiseOf,
  type CountsHeader,
  type CountsRow,
} from '@floatpath/smoothing';
import { expect, test } from 'vitest';
import {
  calibrateModel,
  certificationJson,
  certificationLines,
  countImages,
  frozenCounter,
  inProcessCounting,
  networkCounter,
  repressedTarget,
  requestedAnchor,
  smoothableModel,
  type AnchorRequest,
  type CalibrateRequest,
} from '../src/index.js';
import { engine, tinyAudit } from './tiny.js';

const bounds = [0, 1] as const;
const noise = noiseOf({ kind: 'integer-gaussian', sigma: 0.25 }, bounds);
const { data, models, settings } = await tinyAudit();
const ready = await smoothableModel(models[0]!.model, data, settings.preprocessing, engine);
const even = { ...data, images: rowsOf(ready.images, 0, 4), labels: data.labels.slice(0, 4) };
const odd = { ...data, images: rowsOf(ready.images, 4, 8), labels: data.labels.slice(4) };
const reported = { ...odd, ids: Uint32Array.of(4, 5, 6, 7) };
const { repressed, calibration } = await (async () => {
  const request = {
    ...{ anchor: 'input', form: 'path-sum', noise, draws: 32, denoiser: 'conv', heldOut: 0 },
    ...{ kappas: [1], lambdas: [0.5], n0: 20, n: 60, alpha: 0.01, seed: 0, batchSize: 60 },
  } satisfies CalibrateRequest;
  const learned = { ...even, ids: Uint32Array.of(0, 1, 2, 3) };
  return {
    calibration: await calibrateModel(engine, ready, learned, request),
    repressed: { anchor: 'input', form: 'path-sum', lambda: 0.5 } as const,
  };
})();
const options = { noise, seed: 0, batchSize: 60, images: reported.images };
const plan = {
  ...{ n0: 20, n: 120, alpha: 0.01 },
  bound: { kind: 'binary' },
  stopping: { kind: 'fixed' },
} as const;

/** The counts file of a request, counted as the CLI does. */
async function counted(request: AnchorRequest) {
  await using target = await repressedTarget(engine, ready, request, { ...options, calibration });
  const { network, feedsAt, method, guarantee } = target;
  const header: CountsHeader = {
    ...{ schema: fileSchema.counts, version: '0', engine: engine.name, method, guarantee },
    ...{ model: { name: 'tiny', hash: ready.hash }, data: 'tiny', classes: 3, plan },
    ...{ preprocessing: { bounds, layout: 'nchw' }, norm: 'l2', sharing: 'per-image', seed: 0 },
    noise: { kind: 'integer-gaussian', sigma: 0.25 },
  };
  await using counting = inProcessCounting(engine);
  const spec = { kind: 'integer-gaussian', sigma: 0.25 } as const;
  await using open = await counting.open([network], { bounds, noise: spec });
  const frozen = feedsAt === undefined ? open : frozenCounter(open, feedsAt);
  const counter = networkCounter(frozen, header, { parallel: 1, batchSize: 60 });
  const rows: CountsRow[] = [];
  for await (const more of countImages(reported, header, counter)) rows.push(...more);
  return { header, rows };
}

const certifyOptions = { noise, n0: 20, n: 120, alpha: 0.01, batchSize: 60, seed: 0 };

test('an unconditional network is certified as certify certifies it', async () => {
  const counts = await counted(repressed);
  expect(counts.header).toMatchObject({
    method: expect.stringMatching(
      /^input\(kappa 0\.67\), path-sum, lambda 0\.5, calibration [0-9a-f]{16}$/,
    ) as string,
    guarantee: 'unconditional',
  });
  const { anchor, form } = requestedAnchor(repressed, calibration);
  const network = scRfp(ready.network, { anchor, form, lambda: 0.5 });
  await using classifier = await createClassifier(engine, network, { bounds });
  const radii = [];
  for (let i = 0; i < 4; i += 1) {
    const x = rowsOf(reported.images, i, i + 1);
    const made = await certify(classifier, x, { ...certifyOptions, image: reported.ids[i]! });
    radii.push(made.kind === 'certified' ? made.radius : null);
  }
  const { images } = certificatesOf(counts, {});
  expect(
    images.map(({ certificate }) => (certificate.kind === 'certified' ? certificate.radius : null)),
  ).toEqual(radii);
  expect(radii.some((radius) => radius !== null)).toBe(true);
});

test.each([
  ['path-sum', 'path-sum', {}],
  ['expectation', expectationForm('center'), { means: true }],
] as const)('a center anchor gives surrogate radii (%s)', async (form, made, means) => {
  const counts = await counted({ anchor: 'center', form, lambda: 0 });
  expect(counts.header.guarantee).toBe('conditional');
  const anchor = centerAnchor({ tau: 0.05, ...means });
  const centered = { anchor, form: made, lambda: 0, bounds, noise, seed: 0, batchSize: 60 };
  await using classifier = await createCenteredClassifier(engine, ready.network, centered);
  const radii = [];
  for (let i = 0; i < 4; i += 1) {
    const x = rowsOf(reported.images, i, i + 1);
    const image = reported.ids[i]!;
    const result = await surrogateRadius(classifier, x, { ...certifyOptions, image });
    radii.push(result.kind === 'surrogate' ? result.surrogateRadius : null);
  }
  const { images } = certificatesOf(counts, {});
  expect(
    images.map(({ certificate }) => (certificate.kind === 'certified' ? certificate.radius : null)),
  ).toEqual(radii);

  const report = certificationReport(counts, { radii: [0, 0.25] });
  const lines = certificationLines(counts.header, report).join('\n');
  expect(lines).toContain('CONDITIONAL: surrogate radii');
  expect(lines).toContain('mean surrogate radius');
  const { report: json } = certificationJson(counts.header, report) as { report: object };
  for (const text of [lines.replace('no certificates', ''), JSON.stringify(json)]) {
    expect(text).not.toMatch(/certif/i);
    // The word stands with `surrogate` before it, always.
    expect(text.replaceAll(/surrogate ?radi/gi, '')).not.toMatch(/radi(us|i)/i);
  }
});

test.each([
  [{ anchor: 'input', form: 'path-sum', lambda: 1.5 }, calibration, reported, 'invalid-argument'],
  [repressed, undefined, reported, 'not-calibrated'],
  [repressed, { ...calibration, modelHash: 'another' }, reported, 'not-calibrated'],
  [repressed, { ...calibration, sigma: 0.5 }, reported, 'not-calibrated'],
  [repressed, calibration, even, 'invalid-data'],
] as const)('refuses %o', async (request, from, { images }, code) => {
  const made = repressedTarget(engine, ready, request, {
    ...{ ...options, images },
    ...(from && { calibration: from }),
  });
  await expect(made).rejects.toThrow(expect.objectContaining({ code }));
});
