import { float32Tensor, rowsOf, type Engine, type GraphModel, type Network } from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import { modelHash, readModel, writeOnnx } from '@floatpath/model-io';
import {
  averagedWithDenoised,
  behindDenoiser,
  calibrateDeviations,
  denoisedAnchor,
  denoiserIn,
  scRfp,
  withDenoiser,
  type Calibration,
} from '@floatpath/sc-rfp';
import { countDraws, integerGaussian, labelCounter } from '@floatpath/smoothing';
import { beforeAll, describe, expect, test } from 'vitest';
import { audit, inProcessCounting, reportHtml, storyLines, type Report } from '../src/index.js';
import { methodSentences } from '../src/method-sentences.js';
import type { MethodSummary, NetworkSummary } from '../src/report.js';
import { engine, tinyAudit, tinyNetwork } from './tiny.js';

const NAMES = ['sc-rfp-denoised', 'denoiser-alone', 'average-with-denoised'] as const;

/** Deviations and a denoiser from images of stripes, which the audit never sees. */
async function calibrated(network: Network): Promise<Calibration> {
  const { settings } = await tinyAudit();
  const { sigma, preprocessing } = settings;
  const noise = integerGaussian({ sigma, bounds: preprocessing.bounds });
  const pixels = Array.from({ length: 20 * 36 }, (_, i) => ((i * 37) % 256) / 255);
  const training = float32Tensor([20, 1, 6, 6], pixels);
  const hash = await modelHash(writeOnnx(network), preprocessing);
  const measured = { noise, draws: 16, seed: 0, batchSize: 20, modelHash: hash };
  const deviations = await calibrateDeviations(engine, network, training, measured);
  return withDenoiser(deviations, training, 'conv');
}

/** The tiny audit of these networks, the first calibrated where a calibration is given. */
async function audited(networks: readonly Network[], calibration?: Calibration): Promise<Report> {
  const { data, settings } = await tinyAudit();
  const models = networks.map((network, i) => ({
    label: `model ${i + 1}`,
    model: readModel(writeOnnx(network), { name: `model ${i + 1}` }),
    ...(i === 0 && calibration && { calibration }),
  }));
  const counting = inProcessCounting(engine as Engine);
  return audit(models, data, settings, { engine, counting, version: '0' });
}

describe('an audit of a network whose calibration holds a denoiser', () => {
  // Read once, so that its nodes have the names that every reader gives them.
  const tiny = (readModel(writeOnnx(tinyNetwork(100)), { name: 'tiny' }) as GraphModel).network;
  let calibration: Calibration;
  let report: Report;
  beforeAll(async () => {
    calibration = await calibrated(tiny);
    report = await audited([tiny, tiny], calibration);
  });

  test('has the denoised anchor beside both of its controls, a network without has not', () => {
    const names = report.networks.map(({ methods }) => methods.map(({ method }) => method));
    expect(names).toEqual([
      ['plain', 'sc-rfp-input', ...NAMES, 'sc-rfp-center'],
      ['plain', 'sc-rfp-input', 'sc-rfp-center'],
    ]);
    const denoised = report.networks[0]?.methods.find(({ method }) => method === NAMES[0]);
    expect(denoised?.differencesToControls?.map(({ control }) => control)).toEqual(NAMES.slice(1));
  });

  test('counts what the three networks count on their own', async () => {
    const { data, settings } = await tinyAudit();
    const { sigma, preprocessing, n, seed, batchSize } = settings;
    const noise = integerGaussian({ sigma, bounds: preprocessing.bounds });
    const denoiser = denoiserIn(calibration, 'conv');
    const { deviations } = calibration;
    const anchor = denoisedAnchor({ kappa: 1, deviations, denoiser });
    const networks = [
      tiny,
      scRfp(tiny, { anchor, form: 'path-sum', lambda: 0.5 }),
      behindDenoiser(tiny, denoiser),
      averagedWithDenoised(tiny, denoiser),
    ];
    const draws = { noise, n, seed, batchSize, purpose: 'estimation' } as const;
    const counted: string[] = [];
    for (const [i, name] of ['plain', ...NAMES].entries()) {
      const network = networks[i] as Network;
      await using classifier = await createClassifier(engine, network, preprocessing);
      const counter = labelCounter([{ name, classifier }]);
      const expected: number[][] = [];
      for (const [row, image] of data.ids.entries()) {
        const x = rowsOf(data.images, row, row + 1);
        expected.push([...(await countDraws(counter, x, { ...draws, image })).counts[0]!]);
      }
      const got = report.rows
        .filter((row) => row.network === 'network-1')
        .map(({ certificates }) => certificates.find(({ method }) => method === name)?.estimation);
      expect(got).toEqual(expected);
      counted.push(JSON.stringify(expected));
    }
    // Four classifiers, not one four times.
    expect(new Set(counted).size).toBe(4);
  });

  test('prints every gain over plain smoothing and over each control', () => {
    const lines = storyLines(report);
    const at = lines.findIndex((line) =>
      line.startsWith('  SC-RFP, denoised anchor unconditional'),
    );
    expect(lines[at]).toMatch(/no denoiser$/);
    expect(lines.slice(at + 1, at + 4).map((line) => line.slice(0, 52).trim())).toEqual([
      'difference to plain, paired 95 %',
      'difference to denoiser alone, paired 95 %',
      'difference to average with denoised, paired 95 %',
    ]);
    const page = reportHtml(report, []);
    expect(page).toContain('to denoiser alone: ');
    expect(page).toContain('what the denoiser does, with and without repression');
  });
});

describe('in short', () => {
  const difference = (mean: number, significant: boolean) => ({
    mean,
    low: 0,
    high: 0,
    significant,
  });
  const sentences = (alone: number, average: number): readonly string[] => {
    const method = {
      method: 'sc-rfp-denoised',
      guarantee: 'unconditional',
      differenceToPlain: difference(0.02, true),
      differencesToControls: [
        { control: 'denoiser-alone', ...difference(alone, true) },
        { control: 'average-with-denoised', ...difference(average, average > 0.001) },
      ],
    } as unknown as MethodSummary;
    return methodSentences({
      label: 'm',
      images: 9,
      methods: [method],
    } as unknown as NetworkSummary);
  };

  test('a gain is told as one of repression only where no control has it', () => {
    expect(sentences(0.01, 0.01)).toEqual([
      'SC-RFP, denoised anchor: repression raised the mean certified radius of m by .020.',
    ]);
    expect(sentences(-0.01, 0.001)).toEqual([
      'SC-RFP, denoised anchor: the mean certified radius of m rose by .020, but not above what its denoiser gives without repression (denoiser alone, average with denoised).',
    ]);
  });
});
