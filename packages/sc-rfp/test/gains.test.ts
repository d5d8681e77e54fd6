import { rowsOf } from '@floatpath/core';
import { createClassifier, referenceEngine } from '@floatpath/engine';
import { certify, integerGaussian } from '@floatpath/smoothing';
import { describe, expect, it } from 'vitest';
import {
  centerAnchor,
  certifyVariants,
  CONTROLS,
  createCenteredClassifier,
  denoisedAnchor,
  denoiserControls,
  gainsOf,
  gainWords,
  scRfp,
  signsAtXAnchor,
  surrogateRadius,
  wienerDenoiser,
  type Variant,
} from '../src/index.js';
import { smallImages, smallNetwork } from './small-network.js';

const network = smallNetwork();
const noise = integerGaussian({ sigma: 0.25, bounds: [0, 1] });
const engine = referenceEngine();
const denoiser = wienerDenoiser(smallImages(40, 21), { kind: 'full', sigma: 0.25 });
const deviations = new Map([
  ['gate_1', new Float32Array(8).fill(0.4)],
  ['gate_2', new Float32Array(5).fill(0.6)],
]);
const denoised = denoisedAnchor({ deviations, denoiser });
const center = centerAnchor({ tau: 0.05, draws: 40 });
const signs = signsAtXAnchor();
const controls = denoiserControls(network, denoiser);
const variants: readonly Variant[] = [
  { name: 'denoised', anchor: denoised, form: 'path-sum', lambda: 0.5 },
  ...controls,
  { name: 'center', anchor: center, form: 'path-sum', lambda: 0 },
  { name: 'signs', anchor: signs, form: 'layerwise', lambda: 0.5 },
];
const options = { noise, n0: 20, n: 80, alpha: 0.01, seed: 3, batchSize: 30 };
const images = smallImages(12);
const ids = Uint32Array.from({ length: 12 }, (_, i) => 40 + i);
const data = { images, labels: new Uint8Array(12), ids };

describe('certifyVariants', () => {
  it('gives every variant what certify and surrogateRadius give it alone', async () => {
    const certified = await certifyVariants(engine, network, variants, data, options);
    expect(certified.map(({ name, guarantee }) => [name, guarantee])).toEqual([
      ['plain', 'unconditional'],
      ['denoised', 'unconditional'],
      ...CONTROLS.map((name) => [name, 'unconditional']),
      ['center', 'conditional'],
      ['signs', 'conditional'],
    ]);
    const unconditional = [
      network,
      scRfp(network, { anchor: denoised, form: 'path-sum', lambda: 0.5 }),
      ...controls.map((control) => control.network),
    ];
    for (const [i, alone] of unconditional.entries()) {
      await using classifier = await createClassifier(engine, alone, { bounds: [0, 1] });
      for (const row of [0, 5]) {
        const x = rowsOf(images, row, row + 1);
        const { kind, label, pLower } = await certify(classifier, x, {
          ...options,
          image: 40 + row,
        });
        const together = certified[i];
        expect(
          together?.guarantee === 'unconditional' && together.rows[row]?.certificate,
        ).toMatchObject({ kind, label, pLower });
      }
    }
    for (const [name, anchor, form, lambda] of [
      ['center', center, 'path-sum', 0],
      ['signs', signs, 'layerwise', 0.5],
    ] as const) {
      const how = { ...options, anchor, form, lambda, bounds: [0, 1] } as const;
      await using centered = await createCenteredClassifier(engine, network, how);
      const x = rowsOf(images, 5, 6);
      const { kind, label, pLower } = await surrogateRadius(centered, x, { ...options, image: 45 });
      const together = certified.find((variant) => variant.name === name);
      expect(together?.guarantee === 'conditional' && together.rows[5]?.surrogate).toMatchObject({
        kind,
        label,
        pLower,
      });
    }
  });

  it('refuses labels that do not fit the images', async () => {
    await expect(
      certifyVariants(engine, network, [], { ...data, labels: [0] }, options),
    ).rejects.toMatchObject({ code: 'shape-mismatch' });
  });
});

describe('gainsOf', () => {
  it('compares unconditional variants with plain and with the controls, and no others', async () => {
    const certified = await certifyVariants(engine, network, variants, data, options);
    const gains = gainsOf(certified, { radii: [0.25], seed: 0, controls: CONTROLS });
    expect(gains.map(({ variant, over }) => `${variant} over ${over}`)).toEqual([
      'denoised over plain',
      ...CONTROLS.map((control) => `denoised over ${control}`),
      `${CONTROLS[0]} over plain`,
      `${CONTROLS[0]} over ${CONTROLS[1]}`,
      `${CONTROLS[1]} over plain`,
      `${CONTROLS[1]} over ${CONTROLS[0]}`,
    ]);
    for (const { comparison, words } of gains) {
      expect(words.endsWith(', not significant')).toBe(!comparison.meanRadius.significant);
    }
  });

  it('calls nothing a gain that is none', () => {
    const meanRadius = { mean: 0.02, interval: [-0.01, 0.05], significant: false } as const;
    expect(gainWords({ images: 9, meanRadius, accuracy: [] })).toBe(
      '+0.0200 [-0.0100, +0.0500], not significant',
    );
    const sure = { ...meanRadius, interval: [0.01, 0.05], significant: true } as const;
    expect(gainWords({ images: 9, meanRadius: sure, accuracy: [] })).toBe(
      '+0.0200 [+0.0100, +0.0500]',
    );
  });

  it('refuses to speak of a gain without its controls', () => {
    expect(() => gainsOf([], { radii: [], seed: 0, controls: CONTROLS })).toThrow(
      /expected "plain" among/,
    );
  });
});
