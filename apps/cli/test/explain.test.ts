import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { float32Tensor, int64Tensor, type Float32Tensor } from '@floatpath/core';
import { readExplanation, type Explanation } from '@floatpath/audit';
import { writeOnnx } from '@floatpath/model-io';
import { writeNpz } from '@floatpath/model-io/datasets';
import { describe, expect, it } from 'vitest';
import { interruption } from '../src/signals.js';
import { brightQuarters, quarterNetwork } from './support/models.js';
import { runCaptured, type CaptureOptions } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const COUNT = 40;
const model = inFolder('quarter.onnx');
// A bias below 0 puts breakpoints between images and their adversarial versions.
writeFileSync(model, writeOnnx(quarterNetwork({ bias: -0.3 })));
const x = float32Tensor([COUNT, 4], brightQuarters(COUNT));
const labels = Array.from({ length: COUNT }, (_, i) => i % 4);
const data = inFolder('data.npz');
writeFileSync(data, writeNpz({ x, y: int64Tensor([COUNT], labels) }));

const explain = (flags: readonly string[], capture: CaptureOptions = {}) =>
  runCaptured(
    ['explain', model, '--data', `npz:${data}`, ...(capture.isTTY ? [] : ['--quiet']), ...flags],
    capture,
  );
const attacked = ['--norm', 'linf', '--epsilon', '.5'];
const read = (folder: string, name: string): string =>
  readFileSync(`${inFolder(folder)}/${name}`, 'utf8');

/** Images moved toward the next quarter, as somebody else might. */
function moved(images: readonly number[], by: number): Float32Tensor {
  const values = images.flatMap((image) => {
    const row = Array.from(x.data.subarray(4 * image, 4 * image + 4));
    row[image % 4] = (row[image % 4] as number) - by;
    row[(image + 1) % 4] = (row[(image + 1) % 4] as number) + by;
    return row;
  });
  return float32Tensor([images.length, 4], values);
}

describe('explain', () => {
  it('tells of every failure what it lost where, and the rows of its ledger add up', async () => {
    const { status, stdout, stderr } = await explain([...attacked, '--out', inFolder('a')]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    for (const word of ['WHY', 'WHO LOST THE MARGIN', 'RESTORING NEURONS', 'CHECKS', 'IMAGE']) {
      expect(stdout).toContain(word);
    }
    const explanation = readExplanation(read('a', 'explain.json'));
    expect(explanation.complete).toBe(true);
    expect(explanation.summary.failures).toBeGreaterThan(20);
    const ledger = read('a', 'ledger.tsv').trim().split('\n').slice(1);
    for (const { image, failure } of explanation.rows) {
      if (failure === null) continue;
      const shares = ledger
        .map((line) => line.split('\t'))
        .filter(([of]) => Number(of) === image)
        .map((cells) => Number(cells.at(-1)));
      const { drop, residual } = failure.ledger;
      const sum = shares.reduce((total, share) => total + share, 0);
      expect(Math.abs(sum - drop)).toBe(residual);
    }
    expect(read('a', 'rows.tsv').trim().split('\n')).toHaveLength(COUNT + 1);
    const page = read('a', 'report.html');
    for (const text of ['Margin ledger', 'The margin on the way', 'Who lost the margin']) {
      expect(page).toContain(text);
    }
    expect(page).not.toContain('<script');
  });

  it('gives the same bytes whatever the batch size, and after an interruption', async () => {
    await explain([...attacked, '--out', inFolder('whole')]);
    await explain([...attacked, '--batch-size', '3', '--out', inFolder('small')]);
    const stop = new AbortController();
    const stopped = await explain([...attacked, '--out', inFolder('again')], {
      signal: stop.signal,
      isTTY: true,
      onStderr: (text) => {
        if (text.includes('40 %')) stop.abort(interruption('SIGINT'));
      },
    });
    expect(stopped.status).toBe(130);
    expect(stopped.stderr).toContain('--resume goes on');
    expect(readExplanation(read('again', 'explain.json')).complete).toBe(false);
    const other = ['--out', inFolder('again'), '--resume', '--norm', 'linf', '--epsilon', '.4'];
    expect((await explain(other)).stderr).toContain('expected the settings of the run to resume');
    const resumed = await explain([...attacked, '--out', inFolder('again'), '--resume']);
    expect(resumed).toMatchObject({ status: 0, stderr: '' });
    for (const name of ['explain.json', 'rows.tsv', 'ledger.tsv', 'report.html']) {
      expect(read('again', name)).toBe(read('whole', name));
      expect(read('small', name)).toBe(read('whole', name));
    }
  });

  it.each([
    ['segment', 'segment'],
    ['segment', 'compared'],
    ['ball', 'crown'],
    ['ball', 'interval'],
    ['ball', 'proved'],
  ])('explains on a %s by %s evidence', async (neighborhood, evidence) => {
    const where = ['--neighborhood', neighborhood, '--evidence', evidence];
    const out = ['--out', inFolder(`${neighborhood}-${evidence}`), '--json', '--limit', '8'];
    const { status, stdout } = await explain([...attacked, ...where, ...out]);
    expect(status).toBe(0);
    const { settings, summary, rows } = JSON.parse(stdout) as Explanation;
    expect(settings).toMatchObject({
      neighborhood,
      evidence: neighborhood === 'ball' ? 'proved' : evidence,
    });
    expect(summary.failures).toBeGreaterThan(4);
    expect(rows.some(({ failure }) => failure?.kinks)).toBe(evidence === 'segment');
  });

  it("explains somebody else's adversarial examples, found by their indices", async () => {
    const theirs = inFolder('theirs.npz');
    const images = [5, 2, 9];
    writeFileSync(
      theirs,
      writeNpz({ adversarial: moved(images, 0.45), image: int64Tensor([3], images) }),
    );
    const flags = ['--adversarial', theirs, '--out', inFolder('b'), '--json'];
    const { status, stdout, stderr } = await explain(flags);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { settings, rows, summary } = JSON.parse(stdout) as Explanation;
    expect(settings.adversarial).toMatch(/^theirs\.npz, sha256 [0-9a-f]{64}$/);
    expect(summary.failures).toBe(3);
    const explained = rows.filter(({ status: how }) => how === 'failure');
    expect(explained.map(({ image }) => image)).toEqual([2, 5, 9]);
    expect(explained[0]?.adversarial?.linf).toBeCloseTo(0.45, 6);
    expect(rows.filter(({ status: how }) => how === 'not-in-file').length).toBe(COUNT - 3);
  });

  it('says that nothing is wrong where nothing is: equal points, and points still right', async () => {
    const same = inFolder('same.npz');
    writeFileSync(same, writeNpz({ adversarial: x }));
    const { status, stdout } = await explain(['--adversarial', same, '--out', inFolder('c')]);
    expect(status).toBe(0);
    expect(stdout).toContain('There is no failure to explain.');
    expect(stdout).toMatch(/not broken +40/);
  });

  it('keeps to the ball that it was asked about', async () => {
    const far = inFolder('far.npz');
    writeFileSync(
      far,
      writeNpz({
        adversarial: moved(
          labels.map((_, i) => i),
          0.45,
        ),
      }),
    );
    const ball = ['--neighborhood', 'ball', '--norm', 'linf', '--epsilon', '.1'];
    const { stdout } = await explain(['--adversarial', far, ...ball, '--out', inFolder('d')]);
    expect(stdout).toMatch(/outside the ball, not explained +30/);
  });

  it('writes nothing on a dry run', async () => {
    const { status, stdout } = await explain([...attacked, '--dry-run', '--out', inFolder('e')]);
    expect(status).toBe(0);
    expect(stdout).toContain('look for failures within linf <= 0.5 by 5 x pgd(');
    expect(existsSync(inFolder('e'))).toBe(false);
  });
});

describe('explain refuses', () => {
  const npz = (name: string, arrays: Parameters<typeof writeNpz>[0]): string => {
    writeFileSync(inFolder(name), writeNpz(arrays));
    return inFolder(name);
  };
  it.each([
    ['no radius to attack with', [], 'expected --norm and --epsilon to attack'],
    [
      'a ball without radius around given examples',
      ['--adversarial', npz('ok.npz', { adversarial: x }), '--neighborhood', 'ball'],
      'expected --norm and --epsilon for a ball',
    ],
    [
      'sampled evidence',
      [...attacked, '--neighborhood', 'ball', '--evidence', 'sampled'],
      'sampling cannot show that',
    ],
    [
      'another number of examples',
      ['--adversarial', npz('few.npz', { adversarial: moved([1], 0.1) })],
      'expected one adversarial input per image, got 1 for 40 images',
    ],
    [
      'another shape',
      ['--adversarial', npz('shape.npz', { adversarial: float32Tensor([COUNT, 5]) })],
      'expected adversarial inputs of shape [4], got [5]',
    ],
    [
      'values outside the bounds',
      [
        '--adversarial',
        npz('out.npz', {
          adversarial: moved(
            labels.map((_, i) => i),
            0.9,
          ),
        }),
      ],
      'expected adversarial inputs in [0, 1]',
    ],
    [
      'NaN',
      [
        '--adversarial',
        npz('nan.npz', {
          adversarial: float32Tensor([COUNT, 4], new Float32Array(4 * COUNT).fill(NaN)),
        }),
      ],
      'got NaN in row 0',
    ],
    [
      'other labels',
      [
        '--adversarial',
        npz('y.npz', {
          adversarial: x,
          y: int64Tensor(
            [COUNT],
            labels.map((l) => (l + 1) % 4),
          ),
        }),
      ],
      'the file belongs to other images',
    ],
    [
      'other images',
      [
        '--adversarial',
        npz('x.npz', {
          adversarial: x,
          x: moved(
            labels.map((_, i) => i),
            0.1,
          ),
        }),
      ],
      'the file belongs to other images',
    ],
    [
      'an image twice',
      [
        '--adversarial',
        npz('twice.npz', { adversarial: moved([1, 1], 0.1), image: int64Tensor([2], [1, 1]) }),
      ],
      'got image 1 twice',
    ],
    [
      'none of the images',
      [
        '--adversarial',
        npz('none.npz', { adversarial: moved([1], 0.1), image: int64Tensor([1], [99]) }),
      ],
      'got none of them',
    ],
    ['no such array', ['--adversarial', data], 'expected an array adversarial or x_adv, got x, y'],
    ['no file', ['--adversarial', inFolder('missing.npz')], 'missing.npz'],
  ])('%s', async (_, flags, message) => {
    const out = inFolder('refused');
    const { status, stdout, stderr } = await explain([...flags, '--out', out]);
    expect(stderr).toContain(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(existsSync(out)).toBe(false);
  });

  it('a smooth model, naming the node', async () => {
    const smooth = inFolder('smooth.onnx');
    writeFileSync(smooth, writeOnnx(quarterNetwork({ gate: 'Sigmoid' })));
    const flags = ['--data', `npz:${data}`, ...attacked, '--quiet', '--out', inFolder('f')];
    const { status, stderr } = await runCaptured(['explain', smooth, ...flags]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/expected a piecewise-linear network, got op "Sigmoid".* at node/);
  });

  it('a model whose ops are not known', async () => {
    const opaque = inFolder('opaque.onnx');
    writeFileSync(opaque, writeOnnx(quarterNetwork({ gate: 'Einsum' })));
    const flags = ['--data', `npz:${data}`, ...attacked, '--quiet', '--out', inFolder('g')];
    const { status, stderr } = await runCaptured(['explain', opaque, ...flags]);
    expect(status).toBe(2);
    expect(stderr).toContain('its paths cannot be told');
  });
});
