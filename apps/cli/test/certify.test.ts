import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { float32Tensor, int64Tensor } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { writeNpz } from '@floatpath/model-io/datasets';
import { describe, expect, it } from 'vitest';
import { interruption } from '../src/signals.js';
import { brightQuarters, photoNetwork, quarterNetwork } from './support/models.js';
import { png } from './support/png.js';
import { runCaptured, type CaptureOptions, type Captured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const COUNT = 12;
const model = inFolder('quarter.onnx');
const other = inFolder('other.onnx');
const data = `npz:${inFolder('data.npz')}`;
writeFileSync(model, writeOnnx(quarterNetwork()));
writeFileSync(other, writeOnnx(quarterNetwork({ bias: 0.3 })));
writeFileSync(
  inFolder('data.npz'),
  writeNpz({
    x: float32Tensor([COUNT, 4], brightQuarters(COUNT)),
    y: int64Tensor(
      [COUNT],
      Array.from({ length: COUNT }, (_, i) => i % 4),
    ),
  }),
);
const bytes = (name: string): string => readFileSync(inFolder(name), 'latin1');

/** One thread: the worker is a built file, and tests need no build. */
const certify = (
  out: string,
  flags: readonly string[] = [],
  capture: CaptureOptions = {},
  network = model,
): Promise<Captured> =>
  runCaptured(
    [
      ...['certify', network, '--data', data, '--sigma', '.25', '--n', '400', '--workers', '1'],
      ...['--out', inFolder(out), '--quiet', ...flags],
    ],
    capture,
  );

describe('certify', () => {
  it('prints the curve, then the average with what it depends on, and keeps all counts', async () => {
    const { status, stdout, stderr } = await certify('a.jsonl', ['--tsv', inFolder('a.tsv')]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('integer-gaussian noise, sigma 0.25, n0 100, n 400, alpha 0.001');
    expect(stdout).toMatch(
      /mean radius, 0 where wrong: \d\.\d{4} {2}\(n 400, alpha 0\.001, 12 images/,
    );
    expect(stdout).toContain('95 % interval for such images');
    const one = await certify('single.jsonl', ['--limit', '1']);
    expect(one.stdout).toMatch(/^1 image, \d abstentions?, 400 draws$/m);
    expect(bytes('a.jsonl').trimEnd().split('\n')).toHaveLength(1 + 2 * COUNT);
    expect(bytes('a.tsv').split('\n')[0]).toBe('idx\tlabel\tpredict\tradius\tcorrect\ttime');
    expect(bytes('a.tsv').trimEnd().split('\n')).toHaveLength(1 + COUNT);
  });

  it('draws the curve where it is asked to', async () => {
    const svg = inFolder('curve.svg');
    const { status, stderr } = await certify('drawn.jsonl', ['--svg', svg]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(bytes('curve.svg')).toMatch(/^<svg .*radius r \(l2, input units\).*<\/svg>\n$/s);
    expect(bytes('curve.svg')).toMatch(/quarter: r = 0\.0000, \d+ of 12, [\d.]+, \S+ to \S+</);
    const linf = ['--norm', 'linf', '--svg', inFolder('linf.svg'), '--n', '100'];
    expect((await certify('linf.jsonl', linf)).status).toBe(0);
    expect(bytes('linf.svg')).toContain('radius r (linf, input units)');
  });

  it('writes the same bytes in other batches, in shards that are merged, and after an interruption', async () => {
    await certify('whole.jsonl');
    await certify('batches.jsonl', ['--batch-size', '33']);
    expect(bytes('batches.jsonl')).toBe(bytes('whole.jsonl'));
    await certify('one.jsonl', ['--shard', '1/2']);
    await certify('two.jsonl', ['--shard', '2/2']);
    const shards = [inFolder('two.jsonl'), inFolder('one.jsonl')];
    const merged = await runCaptured(['merge', ...shards, '--out', inFolder('merged.jsonl')]);
    expect(merged).toMatchObject({ status: 0, stderr: '' });
    expect(bytes('merged.jsonl')).toBe(bytes('whole.jsonl'));

    const stop = new AbortController();
    const partial = inFolder('stopped.jsonl.partial');
    const watch = setInterval(() => {
      const lines = existsSync(partial) ? readFileSync(partial, 'latin1').split('\n').length : 0;
      if (lines > 6) stop.abort(interruption('SIGINT'));
    }, 1);
    const stopped = await certify('stopped.jsonl', ['--n', '3000'], { signal: stop.signal });
    clearInterval(watch);
    expect(stopped.status).toBe(130);
    expect(stopped.stderr).toMatch(
      /\d+ of 12 images are kept in .*stopped\.jsonl\.partial; --resume/,
    );
    expect((await certify('stopped.jsonl', ['--n', '3000'])).stderr).toContain('use --resume');
    expect((await certify('stopped.jsonl', ['--n', '3000', '--resume'])).status).toBe(0);
    await certify('long.jsonl', ['--n', '3000']);
    expect(bytes('stopped.jsonl')).toBe(bytes('long.jsonl'));
  });

  it('stops early under a rule, and certifies l1 for certain', async () => {
    const target = await certify('target.jsonl', ['--target-radius', '.1', '--json']);
    const { header, report } = JSON.parse(target.stdout) as {
      header: { plan: { bound: { kind: string } } };
      report: { draws: number };
    };
    expect(header.plan.bound.kind).toBe('anytime');
    expect(report.draws).toBeLessThan(COUNT * 400);
    const split = await certify('split.jsonl', ['--noise', 'splitting', '--sigma', '.05']);
    expect(split.stdout).toContain('radius (l1)');
    expect(split.stdout).toContain('offsets, all of them');
    const linf = await certify('linf-two-class.jsonl', ['--norm', 'linf', '--bound', 'two-class']);
    expect(linf.stdout).toContain('radius (linf)');
    // Half of sigma .25, over the root of 4 pixels.
    expect(linf.stdout).toMatch(/\n0\.0625 /);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['too few draws', ['--n', '9'], /n an integer of at least 10 for alpha 0\.001, got 9/],
    ['sigma 0', ['--sigma', '0'], /--sigma: expected a number above 0/],
    [
      'a bound that may not be looked at',
      ['--until', '.01', '--bound', 'binary'],
      /the anytime or a staged bound/,
    ],
    [
      'two rules',
      ['--until', '.01', '--target-radius', '.1'],
      /--target-radius or --until, got both/,
    ],
    ['a shard that is none', ['--shard', '3/2'], /--shard: expected i\/n/],
    [
      'the norm of other noise',
      ['--norm', 'l1'],
      /--norm: expected l2 or linf with integer-gaussian noise/,
    ],
    [
      'a folder that is not there',
      ['--out', '/nowhere/x.jsonl'],
      /expected to write \/nowhere\/x\.jsonl, got ENOENT; make its folder/,
    ],
    ['other preprocessing', ['--mean', '5', '--std', '.001'], /--allow-inaccurate/],
  ])('refuses %s', async (_, flags, message) => {
    const { status, stdout, stderr } = await certify('refused.jsonl', flags);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(existsSync(inFolder('refused.jsonl'))).toBe(false);
  });

  it('does not add counts of another run to a file', async () => {
    await certify('mine.jsonl');
    const before = bytes('mine.jsonl');
    const { status, stderr } = await certify('mine.jsonl', ['--resume', '--seed', '1']);
    expect(status).toBe(2);
    expect(stderr).toContain('expected counts with seed 0, got 1');
    expect(bytes('mine.jsonl')).toBe(before);
    await certify('theirs.jsonl', ['--seed', '1']);
    const files = [inFolder('mine.jsonl'), inFolder('theirs.jsonl')];
    const merged = await runCaptured(['merge', ...files, '--out', inFolder('never.jsonl')]);
    expect(merged.status).toBe(2);
    expect(existsSync(inFolder('never.jsonl'))).toBe(false);
  });
});

describe('compare', () => {
  it('tests two networks on the same draws', async () => {
    await certify('first.jsonl');
    await certify('second.jsonl', ['--allow-inaccurate'], {}, other);
    const files = [inFolder('first.jsonl'), inFolder('second.jsonl')];
    const { status, stdout } = await runCaptured(['compare', ...files]);
    expect(status).toBe(0);
    expect(stdout).toContain('12 images, the same draws');
    expect(stdout).toMatch(/mean radius, B - A: -0\.\d{4}, paired bootstrap/);
    expect(stdout).toContain('exact McNemar p');
    const svg = inFolder('both.svg');
    expect(await runCaptured(['compare', ...files, '--svg', svg])).toMatchObject({ status: 0 });
    for (const name of ['A quarter', 'B other']) {
      expect(bytes('both.svg')).toContain(`${name}: r = 0.0000, `);
    }
  });
});

describe('predict', () => {
  it('prints a label or an abstention per image, and the seed that it drew', async () => {
    const argv = ['predict', model, '--data', data, '--sigma', '.25', '--n', '200'];
    const { status, stdout } = await runCaptured(argv);
    expect(status).toBe(0);
    // The p-values are rounded up.
    expect(stdout).toMatch(/^seed \d+\nimage {2}label {2}smoothed label {2}p at most\n/);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2 + COUNT);
    const few = await runCaptured([...argv, '--n', '10']);
    expect(few.status).toBe(2);
    expect(few.stderr).toContain('n an integer of at least 11 for alpha 0.001, got 10');
  });
});

describe('predict on a folder of photos', () => {
  const photos = inFolder('photos');
  const photoModel = inFolder('photos.onnx');
  mkdirSync(photos);
  writeFileSync(`${photos}/a.png`, png(10, 250, 20, 30));
  writeFileSync(`${photos}/b.png`, png(10, 20, 30, 250));
  writeFileSync(photoModel, writeOnnx(photoNetwork()));
  const argv = ['predict', photoModel, '--data', `dir:${photos}`, '--sigma', '.1', '--n', '50'];

  it('needs no labels', async () => {
    const { status, stdout, stderr } = await runCaptured([...argv, '--seed', '1', '--quiet']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^seed 1\nimage .*\n0 +- +1 +\S+\n1 +- +3 +\S+\n$/);
  });

  it('prints one document, with null for the labels that nobody knows', async () => {
    const { status, stdout } = await runCaptured([...argv, '--json']);
    expect(status).toBe(0);
    const { rows } = JSON.parse(stdout) as { rows: { label: null; counts: number[] }[] };
    expect(rows).toMatchObject([
      { label: null, predicted: 1 },
      { label: null, predicted: 3 },
    ]);
    expect(rows[0]?.counts).toEqual([0, 50, 0, 0]);
  });

  it('certify asks for the labels that predict does without', async () => {
    const [, ...rest] = argv;
    const { status, stderr } = await runCaptured([
      'certify',
      ...rest,
      '--out',
      inFolder('p.jsonl'),
    ]);
    expect(status).toBe(2);
    expect(stderr).toContain('label');
    expect(existsSync(inFolder('p.jsonl'))).toBe(false);
  });
});

describe('log check', () => {
  const log = inFolder('log.tsv');
  const head = 'idx\tlabel\tpredict\tradius\tcorrect\ttime\n';

  it('answers no with status 1 for a row that cannot be', async () => {
    await certify('logged.jsonl', ['--tsv', log]);
    const flags = ['--sigma', '.25'];
    const sound = await runCaptured([
      'log',
      'check',
      log,
      ...flags,
      '--n',
      '400',
      '--alpha',
      '.001',
    ]);
    expect(sound).toMatchObject({ status: 0, stderr: '' });
    expect(sound.stdout).toContain('impossible rows: 0');
    writeFileSync(log, `${head}0\t3\t3\t0.378\t1\t1.0\n1\t3\t-1\t0.5\t0\t1.0\n`);
    const unsound = await runCaptured(['log', 'check', log, ...flags]);
    expect(unsound).toMatchObject({ status: 1, stderr: '' });
    expect(unsound.stdout).toContain('image 1: abstained with a radius');
    const json = await runCaptured(['log', 'check', log, ...flags, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ rows: 2 });
  });

  it('says that radii of a sigma per image cannot be checked, and still reads the rows', async () => {
    const dependent = 'idx\tlabel\tpredict\tradius\tcorrect\tmin_sigma\ttime\n';
    writeFileSync(log, `${dependent}0\t3\t3\t0.378\t1\t0.2\t1.0\n2\t3\t3\t9.5\t1\t0.3\t1.0\n`);
    const sound = await runCaptured(['log', 'check', log, '--sigma', '.25']);
    expect(sound).toMatchObject({ status: 0, stderr: '' });
    expect(sound.stdout).toContain('data-dependent log: 2 rows');
    expect(sound.stdout).toContain('RADII NOT CHECKED');
    expect(sound.stdout).not.toContain('rounded above');
    writeFileSync(log, `${dependent}0\t3\t-1\t0.378\t0\t0.2\t1.0\n`);
    const unsound = await runCaptured(['log', 'check', log, '--sigma', '.25']);
    expect(unsound.status).toBe(1);
    expect(unsound.stdout).toContain('image 0: abstained with a radius');
  });

  it('refuses other files and half of a setting', async () => {
    writeFileSync(log, 'a,b\n');
    expect(await runCaptured(['log', 'check', log, '--sigma', '1'])).toMatchObject({ status: 2 });
    const half = await runCaptured(['log', 'check', log, '--sigma', '1', '--n', '100']);
    expect(half.stderr).toContain('--n and --alpha together');
    expect((await runCaptured(['log', 'check', log])).stderr).toContain('--sigma');
  });
});
