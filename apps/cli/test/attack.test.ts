import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { float32Tensor, int64Tensor } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { readNpz, writeNpz } from '@floatpath/model-io/datasets';
import { describe, expect, it } from 'vitest';
import { interruption } from '../src/signals.js';
import { brightQuarters, quarterNetwork } from './support/models.js';
import { runCaptured, type CaptureOptions } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const COUNT = 60;
const model = inFolder('quarter.onnx');
writeFileSync(model, writeOnnx(quarterNetwork()));
const labels = Array.from({ length: COUNT }, (_, i) => i % 4);
writeFileSync(
  inFolder('data.npz'),
  writeNpz({
    x: float32Tensor([COUNT, 4], brightQuarters(COUNT)),
    y: int64Tensor([COUNT], labels),
  }),
);

writeFileSync(
  inFolder('labels.npz'),
  writeNpz({ x: float32Tensor([1, 4], brightQuarters(1)), y: int64Tensor([1], [7]) }),
);

const attack = (out: string, flags: readonly string[] = [], capture: CaptureOptions = {}) =>
  runCaptured(
    [
      ...['attack', model, '--data', `npz:${inFolder('data.npz')}`, '--norm', 'linf'],
      ...[
        '--epsilon',
        '.3',
        '--attack',
        'fgsm,apgd-ce',
        '--out',
        inFolder(out),
        ...(capture.isTTY === true ? [] : ['--quiet']),
        ...flags,
      ],
    ],
    capture,
  );
const verify = (file: string, flags: readonly string[] = []) =>
  runCaptured(['verify-attack', model, inFolder(file), '--quiet', ...flags]);

describe('attack', () => {
  it('prints the table, keeps the rows, and they are verified without tolerance', async () => {
    const { status, stdout, stderr } = await attack('a.npz');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('linf <= 0.3, seed 0');
    expect(stdout).toMatch(/still right +\d+ of 60 at most/);
    const checked = await verify('a.npz');
    expect(checked).toMatchObject({ status: 0, stderr: '' });
    expect(checked.stdout).toMatch(/^(\d+) of \1 claimed rows hold: .*, and within [^,]*\n/);
  });

  it('goes on after a kill in the middle of a write, to the same bytes', async () => {
    await attack('whole.npz', ['--batch-size', '7']);
    const partial = `${inFolder('again.npz')}.partial`;
    const stop = new AbortController();
    const stopped = await attack('again.npz', [], {
      signal: stop.signal,
      isTTY: true,
      onStderr: (text) => {
        if (text.includes('83 %')) stop.abort(interruption('SIGINT'));
      },
    });
    expect(stopped.status).toBe(130);
    expect(stopped.stderr).toContain('again.npz.partial; --resume goes on');
    const kept = readFileSync(partial);
    writeFileSync(
      partial,
      Buffer.concat([kept, kept.subarray(kept.length - 300, kept.length - 9)]),
    );
    expect((await attack('again.npz')).stderr).toContain('go on with --resume');
    expect((await attack('again.npz', ['--resume', '--seed', '1'])).stderr).toContain('same model');
    const { status, stdout, stderr } = await attack('again.npz', ['--resume']);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(readFileSync(inFolder('again.npz'))).toEqual(readFileSync(inFolder('whole.npz')));
    expect(stdout).toBe((await attack('whole.npz', ['--force'])).stdout);
    expect(existsSync(partial)).toBe(false);

    // A digit of the last part that a person, or a disk, changed.
    const line = kept.toString().trimEnd().lastIndexOf('\n');
    const at = kept.indexOf('"bytes":"', line) + 12;
    const changed = Buffer.from(kept);
    changed[at] = changed[at] === 65 ? 66 : 65;
    writeFileSync(`${inFolder('other.npz')}.partial`, changed);
    expect(await attack('other.npz', ['--resume'])).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(inFolder('other.npz'))).toEqual(readFileSync(inFolder('whole.npz')));
  });

  it('attacks at several radii, from the smallest up, with a file for each', async () => {
    const lists = ['--epsilon', '.3,.1,.2', '--json'];
    const { status, stdout } = await attack('many.npz', lists);
    expect(status).toBe(0);
    const { tables } = JSON.parse(stdout) as {
      tables: { epsilon: number; table: { broken: number; rows: { outcome: string }[] } }[];
    };
    expect(tables.map(({ epsilon }) => epsilon)).toEqual([0.1, 0.2, 0.3]);
    const broken = tables.map(({ table }) => table.broken);
    expect(broken).toEqual([...broken].sort((a, b) => a - b));
    for (const epsilon of ['0.1', '0.2', '0.3']) {
      const checked = await verify(`many-${epsilon}.npz`);
      expect(checked).toMatchObject({ status: 0, stderr: '' });
    }
    await attack('alone.npz', ['--epsilon', '.3', '--json']);
    const alone = readNpz(readFileSync(inFolder('alone.npz'))).get('success');
    expect(readNpz(readFileSync(inFolder('many-0.3.npz'))).get('success')).toEqual(alone);
    expect(existsSync(inFolder('many.npz'))).toBe(false);
  });

  it('says in one sentence that the folder of its file is not there', async () => {
    const { status, stderr } = await attack('none/x.npz', ['--epsilon', '.3', '--attack', 'fgsm']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/got ENOENT; make its folder, or choose another --out\n$/);
  });

  it('radii whose first six digits are equal have files of their own', async () => {
    await attack('near.npz', ['--epsilon', '.3,.3000000001', '--attack', 'fgsm', '--limit', '2']);
    expect(existsSync(inFolder('near-0.3.npz'))).toBe(true);
    expect(existsSync(inFolder('near-0.3000000001.npz'))).toBe(true);
  });

  it('counts rows as broken only after rounding to 8 bits, where that is asked for', async () => {
    const { stdout } = await attack('grid.npz', ['--on-grid', '--epsilon', '.45']);
    expect(stdout).toContain('onGrid(apgd(');
    const { data = [] } = readNpz(readFileSync(inFolder('grid.npz'))).get('adversarial') ?? {};
    const off = Array.from(data, Number).filter(
      (v) => Math.fround(Math.round(v * 255) / 255) !== v,
    );
    expect(off).toEqual([]);
  });

  it('goes for a target, which verify-attack then asks for', async () => {
    await attack('target.npz', ['--targeted', '--epsilon', '.45']);
    const arrays = readNpz(readFileSync(inFolder('target.npz')));
    expect(Array.from(arrays.get('target')?.data ?? [], Number)).toEqual(
      labels.map((label) => (label + 1) % 4),
    );
    expect((await verify('target.npz')).status).toBe(0);
    const moved = arrays.get('target')?.data as BigInt64Array;
    writeFileSync(
      inFolder('moved.npz'),
      writeNpz({
        ...Object.fromEntries(arrays),
        target: int64Tensor(
          [COUNT],
          Array.from(moved, (t) => (Number(t) + 1) % 4),
        ),
      }),
    );
    expect((await verify('moved.npz')).status).toBe(1);
  });

  it('goes for the least likely class, or for one class, whose own images are left out', async () => {
    const targetsIn = (file: string): number[] =>
      Array.from(readNpz(readFileSync(inFolder(file))).get('target')?.data ?? [], Number);
    const epsilon = ['--epsilon', '.45', '--attack', 'apgd-t'];
    await attack('least.npz', [...epsilon, '--targets', 'least-likely']);
    // Images are bright at their label and of one gray elsewhere: of equal logits the lowest class.
    expect(targetsIn('least.npz')).toEqual(labels.map((label) => (label === 0 ? 1 : 0)));
    const { stdout } = await attack('two.npz', [...epsilon, '--targets', '2']);
    expect(stdout).toContain('15 images of class 2, the target, are left out');
    expect(targetsIn('two.npz')).toEqual(new Array<number>(45).fill(2));
    for (const file of ['least.npz', 'two.npz']) {
      const { status, stdout: checked } = await verify(file);
      expect(status).toBe(0);
      expect(checked).toMatch(/^([1-9]\d*) of \1 claimed rows hold/);
    }
  });

  it('goes for a class per image: drawn from its number, from a list, from a file', async () => {
    const targetsIn = (file: string): number[] =>
      Array.from(readNpz(readFileSync(inFolder(file))).get('target')?.data ?? [], Number);
    const part = ['--limit', '8', '--epsilon', '.45', '--attack', 'apgd-t'];
    await attack('random.npz', [...part, '--targets', 'random']);
    await attack('later.npz', [...part, '--limit', '4', '--skip', '4', '--targets', 'random']);
    expect(targetsIn('later.npz')).toEqual(targetsIn('random.npz').slice(4));
    expect(targetsIn('random.npz').every((target, i) => target !== labels[i])).toBe(true);
    const others = labels.slice(0, 8).map((label) => (label + 2) % 4);
    await attack('list.npz', [...part, '--targets', others.join(',')]);
    writeFileSync(inFolder('classes.txt'), `${others.join('\n')}\n`);
    await attack('file.npz', [...part, '--targets', `file:${inFolder('classes.txt')}`]);
    expect(targetsIn('list.npz')).toEqual(others);
    expect(readFileSync(inFolder('file.npz'))).toEqual(readFileSync(inFolder('list.npz')));
  });

  it('goes for every class in turn: leaves no row that going for one class breaks', async () => {
    const broken = (file: string): number[] =>
      Array.from(readNpz(readFileSync(inFolder(file))).get('success')?.data ?? [], Number);
    const one = ['--limit', '20', '--epsilon', '.3', '--attack', 'fgsm'];
    const { stdout } = await attack('all.npz', [...one, '--targets', 'all']);
    expect(stdout).toContain('fgsm: everyTarget(fgsm(');
    await attack('one.npz', [...one, '--targets', 'next']);
    const all = broken('all.npz');
    expect(broken('one.npz').every((found, row) => all[row] === 1 || found === 0)).toBe(true);
    expect(readNpz(readFileSync(inFolder('all.npz'))).has('target')).toBe(false);
    expect((await verify('all.npz')).status).toBe(0);
  });

  it('takes the settings of other libraries by name', async () => {
    const { stdout } = await attack('preset.npz', ['--attack', 'foolbox-pgd40', '--dry-run']);
    expect(stdout).toMatch(/\n {2}pgd\(40 steps, relative step 0\.0333/);
    const names = ['--attack', 'fgsm,foolbox-pgd40,torchattacks-pgd10'];
    const table = (await attack('presets.npz', names)).stdout;
    expect(table).toMatch(
      / {2}foolbox-pgd40: pgd\(40 .*\n {4}after Foolbox 3, .* 40 steps of 0\.01/,
    );
    expect(table).toMatch(/ {2}torchattacks-pgd10: pgd\(10 .*\n {4}after torchattacks 3, PGD/);
    expect(table.match(/ {4}after /g)).toHaveLength(2);
  });

  it('says what it would run, and what that costs, without running it', async () => {
    const { stdout } = await attack('dry.npz', ['--dry-run']);
    expect(stdout).toMatch(
      /fgsm\(cross-entropy\)\n {2}apgd\(100 iterations, cross-entropy\)\n {2}at most \d+ gradients/,
    );
    expect(existsSync(inFolder('dry.npz'))).toBe(false);
  });

  it.each([
    [['--targets', 'worst'], /--targets: expected next, least-likely/],
    [['--targets', '4'], /a class in \[0, 4\), got 4/],
    [['--targets', '1,2,3'], /a class for each of 60 images, got 3/],
    [['--limit', '2', '--targets', '2,1'], /other than the image's label 1, got 1 for image 1/],
    [['--targets', `file:${inFolder('data.npz')}`], /--targets: expected a file of one class/],
    [['--attack', 'fgsmm'], /--attack: expected names of/],
    [['--epsilon', '8'], /8\/255 rather than 8/],
    [['--epsilon', '-1'], /--epsilon: expected a number above 0/],
    [['--epsilon', '.1,NaN'], /--epsilon: expected a number above 0/],
    [['--targets', 'file:nowhere.txt'], /got nothing there; check the path/],
    [
      ['--norm', 'l2', '--attack', 'foolbox-pgd40'],
      /expected norm linf, which its settings are of/,
    ],
    [['--data', `npz:${inFolder('labels.npz')}`], /expected labels in \[0, 4\), got 7 at row 0/],
    [['--out', inFolder('a.npz')], /got one; choose another --out/],
  ])('refuses %s', async (flags, message) => {
    const { status, stderr } = await attack('bad.npz', flags);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('verify-attack', () => {
  it('fails on a row that does not hold', async () => {
    const x = brightQuarters(COUNT);
    const broken = Float32Array.from(x);
    broken[4] = NaN;
    writeFileSync(
      inFolder('liar.npz'),
      writeNpz({
        x: float32Tensor([COUNT, 4], x),
        x_adv: float32Tensor([COUNT, 4], broken),
        y: int64Tensor([COUNT], labels),
      }),
    );
    expect(await verify('liar.npz')).toMatchObject({ status: 2 });
    const { status, stdout } = await verify('liar.npz', ['--norm', 'l2', '--epsilon', '1']);
    expect(status).toBe(1);
    expect(stdout).toContain('0 of 60 claimed rows hold');
    expect(stdout).toContain('within l2 <= 1, or 1e-6 of it more');
    expect(stdout).toContain('row 0 is right');
    expect(stdout).toContain('row 1 holds NaN or infinity');
    expect(readNpz(readFileSync(inFolder('liar.npz'))).has('x_adv')).toBe(true);
  });
});
