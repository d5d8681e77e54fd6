import { readFileSync, writeFileSync } from 'node:fs';
import { float32Tensor, int64Tensor } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { writeNpz } from '@floatpath/model-io/datasets';
import { readCalibration, writeCalibration, type Denoiser } from '@floatpath/sc-rfp';
import { beforeAll, describe, expect, it } from 'vitest';
import { affineNetwork, brightQuarters, quarterNetwork } from './support/models.js';
import { runCaptured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const model = inFolder('quarter.onnx');
writeFileSync(model, writeOnnx(quarterNetwork()));
const affine = inFolder('affine.onnx');
writeFileSync(affine, writeOnnx(affineNetwork()));

/** Bright quarters on the 8-bit grid, `darker` levels below full brightness. */
function images(name: string, count: number, darker: number): string {
  const pixels = brightQuarters(count).map((v, i) => {
    const level = Math.round(v * 255) - (v === 1 ? darker + Math.floor(i / 16) : 0);
    return level / 255;
  });
  const labels = Array.from({ length: count }, (_, i) => i % 4);
  const y = int64Tensor([count], labels);
  writeFileSync(inFolder(name), writeNpz({ x: float32Tensor([count, 4], pixels), y }));
  return `npz:${inFolder(name)}`;
}
const training = images('train.npz', 40, 0);
const test = images('test.npz', 8, 60);
const calibration = inFolder('calibration.json');
const otherSigma = inFolder('other-sigma.json');

const calibrate = (anchor: string, sigma: string, out: string) =>
  runCaptured([
    ...['calibrate', model, '--data', training, '--sigma', sigma, '--quiet', '--draws', '16'],
    ...['--denoiser', 'full', '--anchor', anchor, '--out', out],
  ]);

beforeAll(async () => {
  expect(await calibrate('denoised', '.25', calibration)).toMatchObject({ status: 0, stderr: '' });
  expect(await calibrate('input', '.5', otherSigma)).toMatchObject({ status: 0, stderr: '' });
});

const certify = (name: string, flags: readonly string[], of = model) =>
  runCaptured([
    ...['certify', of, '--data', test, '--sigma', '.25', '--n0', '20', '--n', '200', '--quiet'],
    ...['--workers', '1', '--out', inFolder(name), ...flags],
  ]);

describe('certify --anchor', () => {
  it.each([
    ['input', ['--kappa', '1', '--lambda', '.5'], 'input(kappa 1), path-sum, lambda 0.5'],
    ['denoised', ['--denoiser', 'full'], 'denoised(full, kappa 1), path-sum, lambda 0.75'],
    ['input', ['--form', 'layerwise'], 'input(kappa 0.67), layerwise, lambda 0.5'],
    ['input', ['--lambda', '1.5', '--extrapolate'], 'input(kappa 0.67), path-sum, lambda 1.5'],
  ])('%s %j gives certificates of the repressed network', async (anchor, flags, method) => {
    const out = `${anchor}${flags.join('')}.jsonl`;
    const all = ['--anchor', anchor, '--calibration', calibration, ...flags];
    const { status, stdout, stderr } = await certify(out, all);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`SC-RFP, ${method}, calibration `);
    expect(stdout).toContain('right and certified');
    const [header] = readFileSync(inFolder(out), 'utf8').split('\n');
    expect(JSON.parse(header as string)).toMatchObject({ guarantee: 'unconditional' });
  });

  it.each([
    ['center', 'path-sum'],
    ['center', 'expectation'],
    ['signs-at-x', 'layerwise'],
  ])('%s %s gives surrogate radii, and never says certified', async (anchor, form) => {
    const out = `${anchor}-${form}.jsonl`;
    const flags = ['--anchor', anchor, '--form', form, '--tau', '.05'];
    const { status, stdout, stderr } = await certify(out, flags);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('CONDITIONAL: surrogate radii of the network frozen at each image');
    expect(stdout).toMatch(/^mean surrogate radius/m);
    expect(stdout.replace('no certificates', '')).not.toMatch(/certif/i);
    const json = await certify(`${out}.2`, [...flags, '--json']);
    const { report } = JSON.parse(json.stdout) as { readonly report: object };
    expect(JSON.stringify(report)).not.toMatch(/certif/i);
    expect(report).toHaveProperty('averageSurrogateRadius');
  });

  it('never pools surrogate and certified counts', async () => {
    await certify('plain.jsonl', []);
    await certify('frozen.jsonl', ['--anchor', 'center']);
    for (const command of ['merge', 'compare']) {
      const files = [inFolder('plain.jsonl'), inFolder('frozen.jsonl')];
      const out = command === 'merge' ? ['--out', inFolder('both.jsonl')] : [];
      const { status, stderr, stdout } = await runCaptured([command, ...files, ...out]);
      expect([command, status, stdout]).toEqual([command, 2, '']);
      expect(stderr).toMatch(/conditional|method/);
    }
  });

  it.each<[readonly string[], RegExp]>([
    [['--anchor', 'input'], /expected a calibration, got none/],
    [
      ['--anchor', 'denoised', '--calibration', otherSigma],
      /calibration at sigma 0.25, got sigma 0.5/,
    ],
    [
      ['--anchor', 'denoised', '--calibration', calibration],
      /expected a calibration with a conv denoiser/,
    ],
    [
      ['--anchor', 'global', '--calibration', calibration],
      /expected a calibration with selections/,
    ],
    [
      ['--anchor', 'input', '--calibration', calibration, '--std', '.5'],
      /expected a calibration of model/,
    ],
    [
      ['--anchor', 'input', '--calibration', calibration, '--data', training],
      /calibration has not seen/,
    ],
    [
      ['--anchor', 'center', '--lambda', '1.5'],
      /--lambda: expected a number in \[0, 1\], or --extrapolate/,
    ],
    [['--anchor', 'center', '--lambda', '-0.5'], /--lambda: expected a number in \[0, 1\]/],
    [['--anchor', 'center', '--lambda', 'NaN', '--extrapolate'], /--lambda: expected one number/],
    [['--anchor', 'center', '--tau', '2'], /--tau: expected a number in \[0, 1\]/],
    [['--anchor', 'input', '--kappa', '-1'], /--kappa: expected a number above 0/],
    [
      ['--anchor', 'center', '--noise', 'splitting'],
      /--anchor: expected none with splitting noise/,
    ],
    [
      ['--anchor', 'center', '--tsv', inFolder('log.tsv')],
      /--tsv: expected an anchor whose radii are certificates/,
    ],
    [['--lambda', '.5'], /--lambda: expected --anchor with it/],
    [['--calibration', calibration], /--calibration: expected --anchor with it/],
    [['--anchor', 'middle'], /--anchor: expected none or input/],
  ])('refuses %j', async (flags, message) => {
    const { status, stdout, stderr } = await certify('never.jsonl', [
      ...flags,
      '--allow-inaccurate',
    ]);
    expect(stderr).toMatch(/^floatpath: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect([status, stdout]).toEqual([2, '']);
  });

  it('compares frozen networks with each other by their surrogate radii', async () => {
    await certify('tau-1.jsonl', ['--anchor', 'center', '--tau', '.1']);
    await certify('tau-2.jsonl', ['--anchor', 'center', '--tau', '.2']);
    const files = [inFolder('tau-1.jsonl'), inFolder('tau-2.jsonl')];
    const { status, stdout } = await runCaptured(['compare', ...files]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^CONDITIONAL/m);
    expect(stdout.replaceAll(/surrogate radi|nothing here is certified/g, '')).not.toMatch(
      /radi(us|i)\b|certif/,
    );
  });

  it.each<[Partial<Denoiser>, RegExp]>([
    [{ sigma: 0.5 }, /expected a denoiser for sigma 0.25, got one for sigma 0.5/],
    [{ imageShape: [5] }, /expected weights \[5, 5\]/],
  ])('refuses a denoiser with %j', async (change, message) => {
    const made = readCalibration(readFileSync(calibration, 'utf8'));
    const changed = inFolder(`${Object.keys(change).join('-')}.json`);
    const denoisers = made.denoisers?.map((denoiser) => ({ ...denoiser, ...change })) ?? [];
    // With a hash that fits, as another program may write it.
    writeFileSync(changed, writeCalibration({ ...made, denoisers }));
    const flags = ['--anchor', 'denoised', '--denoiser', 'full', '--calibration', changed];
    const { status, stdout, stderr } = await certify('never.jsonl', flags);
    expect(stderr).toMatch(message);
    expect([status, stdout]).toEqual([2, '']);
  });

  it('refuses a network with no gates', async () => {
    const flags = ['--anchor', 'center', '--allow-inaccurate'];
    const { status, stderr } = await certify('never.jsonl', flags, affine);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/expected a network with gates/)]);
    for (const command of [
      ['calibrate', affine, '--data', training, '--sigma', '.25', '--out', inFolder('no.json')],
      ['refute', affine, '--data', test, '--sigma', '.25', '--anchor', 'center', '--n', '100'],
    ]) {
      const refused = await runCaptured([...command, '--quiet', '--out', inFolder('no.json')]);
      expect([command[0], refused.status]).toEqual([command[0], 2]);
      expect(refused.stderr).toMatch(/expected a network with gates/);
    }
  });
});
