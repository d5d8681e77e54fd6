import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { float32Tensor, int64Tensor } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { readNpz, writeNpz } from '@floatpath/model-io/datasets';
import { readCalibration } from '@floatpath/sc-rfp';
import { beforeAll, describe, expect, it } from 'vitest';
import { brightQuarters, quarterNetwork } from './support/models.js';
import { runCaptured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const model = inFolder('quarter.onnx');
writeFileSync(model, writeOnnx(quarterNetwork()));

/** Images of bright quarters on the 8-bit grid, `darker` levels below full brightness. */
function writeImages(name: string, count: number, darker: number): string {
  const pixels = brightQuarters(count).map((v, i) => {
    const level = Math.round(v * 255) - (v === 1 ? darker + Math.floor(i / 16) : 0);
    return level / 255;
  });
  const y = int64Tensor(
    [count],
    Array.from({ length: count }, (_, i) => i % 4),
  );
  writeFileSync(inFolder(name), writeNpz({ x: float32Tensor([count, 4], pixels), y }));
  return `npz:${inFolder(name)}`;
}
const training = writeImages('train.npz', 40, 0);
const test = writeImages('test.npz', 8, 60);
const file = inFolder('calibration.json');

const calibrate = (flags: readonly string[]) =>
  runCaptured([
    ...['calibrate', model, '--data', training, '--sigma', '.25', '--quiet', '--draws', '16'],
    ...['--denoiser', 'full'],
    ...flags,
  ]);

beforeAll(async () => {
  const flags = ['--out', file];
  expect(await calibrate([...flags, '--held-out', '8', '--n', '60'])).toMatchObject({
    status: 0,
    stderr: '',
  });
});

describe('calibrate', () => {
  it('writes what it says', async () => {
    const out = inFolder('said.json');
    const flags = ['--held-out', '8', '--n', '60'];
    const { status, stdout } = await calibrate([...flags, '--out', out]);
    expect(status).toBe(0);
    expect(stdout).toContain('deviations of 4 units at sigma 0.25: 32 images, 16 draws each');
    expect(stdout).toContain('full denoiser for [4]');
    expect(stdout).toContain('chosen on 8 held-out images at n 60: denoised(full, kappa 1)');
    // The same bytes again: nothing but the seed decides.
    expect(readFileSync(out)).toEqual(readFileSync(file));
    expect(readCalibration(readFileSync(out, 'utf8')).choices).toHaveLength(1);
  });

  it('is refused once its file was edited, by every command that takes it', async () => {
    const edited = inFolder('edited.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(edited, text.replace('"sigma": 0.25', '"sigma": 0.5'));
    const sigma = ['--sigma', '.5'];
    const common = ['--calibration', edited, '--quiet'];
    const commands = [
      ['certify', model, '--data', test, ...sigma, '--anchor', 'input', ...common],
      ['refute', model, '--data', test, ...sigma, '--anchor', 'input', ...common],
      ['export', model, '--anchor', 'input', '--calibration', edited],
      ['audit', model, '--data', test, ...sigma, '--norm', 'l2', '--epsilon', '1', ...common],
    ];
    for (const command of commands) {
      const { status, stderr } = await runCaptured([...command, '--out', inFolder('never')]);
      expect([command[0], status]).toEqual([command[0], 2]);
      expect(stderr).toMatch(
        /edited\.json: readCalibration: expected hash [0-9a-f]{16}.*it was changed.*calibrate again/,
      );
    }
    expect(existsSync(inFolder('never'))).toBe(false);
  });

  it('hands the kappa and lambda that it chose to certify, refute and export, unless one is given', async () => {
    const chosen = inFolder('chosen.json');
    const held = ['--held-out', '8', '--n', '60', '--kappa', '.8,1.3', '--lambda', '.4,.3'];
    const { stdout: said } = await calibrate([...held, '--out', chosen]);
    const [, words = ''] = /chosen on 8 held-out images at n 60: (.*)/.exec(said) ?? [];
    expect(words).toMatch(/^denoised\(full, kappa (0\.8|1\.3)\), path-sum, lambda 0\.[34]$/);
    const common = ['--anchor', 'denoised', '--denoiser', 'full', '--calibration', chosen];
    const smoothed = ['--data', test, '--sigma', '.25', '--n', '60', '--quiet', '--limit', '2'];
    const commands = [
      ['certify', model, ...smoothed, '--workers', '1'],
      ['refute', model, ...smoothed, '--steps', '2'],
      ['export', model],
    ];
    for (const [i, command] of commands.entries()) {
      const run = (name: string, ...more: readonly string[]) =>
        runCaptured([...command, ...common, ...more, '--out', inFolder(`${name}-${i}`)]);
      expect((await run('own')).stdout).toContain(words);
      expect((await run('given', '--lambda', '.9')).stdout).toContain(
        'denoised(full, kappa 1), path-sum, lambda 0.9',
      );
      expect((await run('other', '--form', 'layerwise')).stdout).toContain(
        'denoised(full, kappa 1), layerwise, lambda 0.75',
      );
    }
  });

  it('is named in the report of an audit, which no other one resumes', async () => {
    const other = inFolder('other.json');
    expect((await calibrate(['--seed', '1', '--out', other])).status).toBe(0);
    const out = inFolder('report');
    const audit = (calibration: string, ...more: readonly string[]) =>
      runCaptured([
        ...['audit', model, '--data', test, '--sigma', '.25', '--norm', 'l2', '--epsilon', '.5'],
        ...['--n', '60', '--workers', '1', '--quiet', '--no-images', '--out', out],
        ...['--calibration', calibration, ...more],
      ]);
    expect(await audit(file)).toMatchObject({ status: 0, stderr: '' });
    const { hash } = JSON.parse(readFileSync(file, 'utf8')) as { readonly hash: string };
    const report = readFileSync(join(out, 'report.json'), 'utf8');
    expect(report).toContain(`input(kappa 0.67), path-sum, lambda 0.5, calibration ${hash}`);
    expect(await audit(file, '--resume')).toMatchObject({ status: 0, stderr: '' });
    const refused = await audit(other, '--resume');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/expected the report of the same models, calibrations/);
    expect(readFileSync(join(out, 'report.json'), 'utf8')).toBe(report);
  });

  it('measures selections for the global anchor', async () => {
    const out = inFolder('global.json');
    expect((await calibrate(['--anchor', 'global', '--out', out])).stdout).toContain('4 classes');
  });

  it.each([
    [['--out', file], /output-exists|expected no file/],
    [['--denoiser', 'conv', '--out', 'x.json'], /expected images \[rows, channels/],
    [['--held-out', '40', '--out', 'x.json'], /expected more than 40 images/],
  ])('refuses %j', async (flags, message) => {
    const { status, stderr } = await calibrate(flags);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});

const refute = (flags: readonly string[]) =>
  runCaptured([
    ...['refute', model, '--data', test, '--sigma', '.25', '--n', '100', '--steps', '5'],
    ...['--quiet', ...flags],
  ]);

describe('refute', () => {
  it('attacks plain certificates and keeps what it found', async () => {
    const out = inFolder('plain.npz');
    const { status, stdout, stderr } = await refute(['--out', out]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/plain: 0 of \d certified radii broken \(unconditional, grid\)/);
    expect(readNpz(readFileSync(out)).get('adversarial')?.shape).toEqual([0, 4]);
    const record = JSON.parse(readFileSync(`${out}.json`, 'utf8')) as { readonly target: string };
    expect(record.target).toBe('plain');
  });

  it('replays what it found, with the flags of that search, on other draws', async () => {
    const out = inFolder('frozen.npz');
    const flags = ['--anchor', 'center', '--lambda', '0', '--among', 'all', '--n', '1000'];
    const found = await refute([...flags, '--steps', '20', '--out', out]);
    const [, broken] = /(\d+) of \d+ surrogate radii broken/.exec(found.stdout) ?? [];
    expect(Number(broken)).toBeGreaterThan(0);
    expect(found.stdout).toMatch(/its label on 10000 fresh draws at level 1e-6/);
    const replay = (...more: readonly string[]) =>
      runCaptured(['refute', model, '--sigma', '.25', '--replay', out, '--quiet', ...more]);
    const { status, stdout, stderr } = await replay('--anchor', 'center', '--lambda', '0');
    const [, again] =
      /(\d+) of \d+ counterexamples hold again \(conditional, grid\)/.exec(stdout) ?? [];
    expect({ status, stderr }).toEqual({ status: again === broken ? 0 : 1, stderr: '' });
    expect(Number(again)).toBeGreaterThan(0);
    expect(stdout).toMatch(
      /its label on 10000 other draws and another draw of the anchor, seed 2,/,
    );
    const { stdout: json } = await replay('--anchor', 'center', '--lambda', '0', '--json');
    expect(JSON.parse(json)).toMatchObject({ draws: 10_000, level: 1e-6, seed: 2 });
    const plain = await replay();
    expect([plain.status, plain.stdout]).toEqual([2, '']);
    expect(plain.stderr).toMatch(/expected refutations with target plain, got center/);

    writeFileSync(
      `${out}.json`,
      readFileSync(`${out}.json`, 'utf8').replace('"n": 1000', '"n": 9'),
    );
    const edited = await replay('--anchor', 'center', '--lambda', '0');
    expect(edited.stderr).toMatch(/frozen\.npz: readRefutations: expected hash .* was changed/);
    const none = await runCaptured([
      ...['refute', model, '--sigma', '.25', '--replay', inFolder('plain.npz')],
    ]);
    expect(none.stderr).toMatch(/that search broke none of \d claims/);
  });

  it('looks among all inputs when asked to, and says so', async () => {
    const { status, stdout } = await refute(['--among', 'all', '--out', inFolder('all.npz')]);
    expect([status, stdout.includes('8-bit grid, whatever its bounds, inside')]).toEqual([0, true]);
    const bad = await refute(['--among', 'corners', '--out', inFolder('corners.npz')]);
    expect([bad.status, bad.stdout]).toEqual([2, '']);
    expect(bad.stderr).toMatch(/--among: expected images or all, got "corners"/);
  });

  it.each([
    ['center', 'path-sum', 'surrogate radii broken (conditional, grid)'],
    ['signs-at-x', 'layerwise', 'surrogate radii broken (conditional, grid)'],
    ['input', 'path-sum', 'certified radii broken (unconditional, grid)'],
  ])('and those of the %s anchor', async (anchor, form, words) => {
    const out = inFolder(`${anchor}.npz`);
    const flags = ['--anchor', anchor, '--form', form, '--lambda', '.5', '--out', out];
    const { status, stdout } = await refute([...flags, '--calibration', file]);
    expect(status).toBe(0);
    expect(stdout).toContain(words);
  });

  it.each([
    [['--anchor', 'input', '--lambda', '.5'], /expected a calibration, got none/],
    [['--anchor', 'center', '--lambda', '1.5'], /--lambda: expected a number in \[0, 1\]/],
    [['--sigma', '.5', '--calibration', file], /expected a calibration at sigma 0.5/],
    [['--data', training, '--calibration', file], /calibration has not seen/],
  ])('refuses %j', async (flags, message) => {
    const { status, stderr } = await refute([...flags, '--out', inFolder('never.npz')]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('export', () => {
  const exported = (flags: readonly string[]) =>
    runCaptured(['export', model, '--denoiser', 'full', ...flags]);

  it('writes a file that ONNX Runtime runs to the same logits', async () => {
    const out = inFolder('repressed.onnx');
    const flags = ['--lambda', '.5', '--calibration', file, '--out', out];
    const { status, stdout, stderr } = await exported(flags);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /repressed\.onnx: quarter, denoised\(full, kappa 1\), path-sum, lambda 0\.5, calibrated for sigma 0\.25, \d+ bytes/,
    );
    expect(stdout).toMatch(
      /the logits that onnxruntime-node [\d.]+ gives for the network, within 0\.0e\+0/,
    );
    expect(readFileSync(out).length).toBeGreaterThan(1000);
  });

  it('is compared with the float64 reference where that is the engine', async () => {
    const flags = ['--engine', 'reference', '--form', 'layerwise', '--calibration', file];
    const { status, stdout } = await exported([...flags, '--out', inFolder('layerwise.onnx')]);
    expect(status).toBe(0);
    expect(stdout).toContain('layerwise, lambda 0.75');
    expect(stdout).toMatch(/that reference float64 gives for the network, within [1-9]\S*e-/);
  });

  it.each([
    [['--lambda', '.5'], /expected a calibration, got none/],
    [['--lambda', '.5', '--anchor', 'center'], /another one at every image/],
    [['--lambda', '.5', '--mean', '.5', '--calibration', file], /expected a calibration of model/],
  ])('refuses %j', async (flags, message) => {
    const { status, stderr } = await exported([...flags, '--out', inFolder('no.onnx')]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});
