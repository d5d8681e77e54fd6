import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { float32Tensor, int64Tensor } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { writeNpz } from '@floatpath/model-io/datasets';
import { describe, expect, it } from 'vitest';
import { brightQuarters, quarterNetwork } from './support/models.js';
import { runCaptured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const file = (name: string, contents: Uint8Array | string): string => {
  writeFileSync(inFolder(name), contents);
  return inFolder(name);
};

const bundled = fileURLToPath(new URL('../assets/models/mnist-cnn-sigma0.onnx', import.meta.url));
const quarter = writeOnnx(quarterNetwork());
const model = file('model.onnx', quarter);
const labels = (count: number): number[] => Array.from({ length: count }, (_, i) => i % 4);
const npz = (name: string, x: Float32Array, y: readonly number[]): string =>
  `npz:${file(name, writeNpz({ x: float32Tensor([x.length / 4, 4], x), y: int64Tensor([y.length], y) }))}`;
const data = npz('data.npz', brightQuarters(8), labels(8));
const withPixel = (value: number): Float32Array => {
  const images = brightQuarters(8);
  images[6] = value;
  return images;
};
const randomBytes = Uint8Array.from({ length: 500 }, (_, i) => (i * i * 31 + 7 * i + 11) % 251);

/** An IDX file of unsigned bytes. */
const idx = (shape: readonly number[], bytes: readonly number[]): Uint8Array =>
  Uint8Array.of(0, 0, 8, shape.length, ...shape.flatMap((extent) => [0, 0, 0, extent]), ...bytes);

const good = {
  '--data': data,
  '--norm': 'l2',
  '--epsilon': '0.3',
  '--sigma': '0.25',
  '--n': '100',
  '--workers': '1',
};

/** The arguments of an audit that works, with some changed or (undefined) left out. */
function auditOf(models: readonly string[], changes: Record<string, string | undefined>): string[] {
  const flags = Object.entries({ ...good, '--out': inFolder('out'), ...changes });
  return [
    'audit',
    ...models,
    ...flags.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
  ];
}

describe('bad input is one clear sentence, status 2, and nothing is written', () => {
  it('control: the same arguments without a fault work', async () => {
    const out = inFolder('control');
    const { status, stderr } = await runCaptured([
      ...auditOf([model], { '--out': out }),
      '--quiet',
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(existsSync(inFolder('control', 'report.json'))).toBe(true);
  });

  const nanWeights = writeOnnx(quarterNetwork({ bias: NaN }));
  const idxImages = file('images.idx', idx([3, 2, 2], new Array<number>(12).fill(9)));
  const idxLabels = file('labels.idx', idx([2], [0, 1]));
  const cases: [string, readonly string[], Record<string, string | undefined>, RegExp][] = [
    // Models
    [
      'missing model',
      [inFolder('none.onnx')],
      {},
      /none\.onnx, got nothing there; check the path$/,
    ],
    ['a folder as model', [inFolder('.')], {}, /got a folder without one: /],
    [
      'empty model',
      [file('empty.onnx', '')],
      {},
      /empty\.onnx: .*got an empty one; copy or export it again$/,
    ],
    ['truncated model', [file('cut.onnx', quarter.subarray(0, 200))], {}, /cut\.onnx: .*expected/],
    ['random bytes', [file('random.onnx', randomBytes)], {}, /random\.onnx: .*expected/],
    [
      'a pointer of Git LFS',
      [file('lfs.onnx', 'version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 9\n')],
      {},
      /lfs\.onnx: .*got what looks like a pointer of Git LFS.*; run git lfs pull$/,
    ],
    [
      'a page instead of a model',
      [file('page.onnx', '<!DOCTYPE html><html><head><title>404</title></head></html>')],
      {},
      /page\.onnx: .*an HTML or XML page; the download went wrong/,
    ],
    [
      'a text file',
      [file('text.onnx', 'lorem ipsum '.repeat(9))],
      {},
      /got what looks like a text file/,
    ],
    [
      'unsupported op',
      [file('op.onnx', writeOnnx(quarterNetwork({ gate: 'Frobnicate' })))],
      {},
      /op: expected a model that its own runtime loads, got .*Frobnicate/,
    ],
    ['NaN weights', [file('nan.onnx', nanWeights)], {}, /nan\.onnx: .*NaN/],
    ['wrong input shape', [bundled], {}, /expected images of shape \[1, 28, 28\].*got \[4\]/],
    // Data
    ['missing data', [model], { '--data': 'npz:/nowhere/x.npz' }, /x\.npz, got nothing there/],
    [
      'truncated data',
      [model],
      { '--data': `npz:${file('cut.npz', 'PK')}` },
      /cut\.npz: .*expected/,
    ],
    [
      'fewer labels',
      [model],
      { '--data': npz('few.npz', brightQuarters(8), labels(7)) },
      /got 7 labels and 8 images/,
    ],
    [
      'fewer labels (IDX)',
      [model],
      { '--data': `idx:${idxImages},${idxLabels}` },
      /got 2 labels and 3 images/,
    ],
    [
      'a label outside the classes',
      [model],
      { '--data': npz('label.npz', brightQuarters(8), [...labels(7), 4]) },
      /expected labels (in|from) .*got 4/,
    ],
    [
      'a negative label',
      [model],
      { '--data': npz('minus.npz', brightQuarters(8), [-1, ...labels(7)]) },
      /got -1/,
    ],
    [
      'NaN pixels',
      [model],
      { '--data': npz('nan.npz', withPixel(NaN), labels(8)) },
      /got NaN in image 1/,
    ],
    [
      'pixels out of bounds',
      [model],
      { '--data': npz('two.npz', withPixel(2), labels(8)) },
      /got 2 in image 1; .*--bounds$/,
    ],
    ['no such data', [model], { '--data': 'photos' }, /^floatpath: --data: expected mnist:test/],
    ['all images skipped', [model], { '--skip': '8' }, /--skip: expected fewer than the 8 images/],
    // Numbers
    ...['0', '-1', 'big', 'NaN'].map((value): (typeof cases)[number] => [
      `epsilon ${value}`,
      [model],
      { '--epsilon': value },
      /^floatpath: --epsilon: expected a number above 0/,
    ]),
    ['sigma 0', [model], { '--sigma': '0' }, /^floatpath: --sigma: expected a number above 0/],
    ['n 0', [model], { '--n': '0' }, /^floatpath: --n: expected a whole number from 1/],
    [
      'n too small for alpha',
      [model],
      { '--n': '5' },
      /expected n an integer of at least 10 for alpha 0.001/,
    ],
    ['n0 0', [model], { '--n0': '0' }, /^floatpath: --n0: expected a whole number from 1/],
    ['alpha 1', [model], { '--alpha': '1' }, /^floatpath: --alpha: expected a number in \(0, 1\)/],
    [
      'alpha 1.5',
      [model],
      { '--alpha': '1.5' },
      /^floatpath: --alpha: expected a number in \(0, 1\)/,
    ],
    ['no workers', [model], { '--workers': '0' }, /^floatpath: --workers: expected a whole number/],
    [
      'two means, one channel',
      [model],
      { '--mean': '0,1,2' },
      /expected one mean or one per channel/,
    ],
    ['std 0', [model], { '--std': '0' }, /expected finite std above 0, got 0/],
    // What a person must say of their own model
    ...['--data', '--norm', '--epsilon', '--sigma'].map((flag): (typeof cases)[number] => [
      `no ${flag}`,
      [model],
      { [flag]: undefined },
      new RegExp(`^floatpath: audit: expected ${flag} with a model of yours, got none; `),
    ]),
    [
      'a useless model',
      [model],
      { '--data': npz('wrong.npz', brightQuarters(8), [1, 2, 3, 0, 1, 2, 3, 0]) },
      /got 0; give the preprocessing .*--mean/,
    ],
    // Calibration
    [
      'calibration of nothing',
      [],
      { '--calibration': model },
      /expected --calibration with a model of yours/,
    ],
    [
      'calibration that is a model',
      [model],
      { '--calibration': model },
      /model\.onnx: readCalibration: expected JSON/,
    ],
    [
      'calibration of another model',
      [model],
      {
        '--calibration': fileURLToPath(
          new URL('../assets/calibration/mnist-cnn-sigma0.json', import.meta.url),
        ),
      },
      /--calibration: expected a calibration of an audited model/,
    ],
    // Output
    [
      'output below a file',
      [model],
      { '--out': `${model}/out` },
      /expected a folder that can be written at .*got ENOTDIR/,
    ],
  ];

  it.each(cases)('%s', async (_, models, changes, sentence) => {
    const { status, stdout, stderr } = await runCaptured([...auditOf(models, changes), '--quiet']);
    expect(stderr).toMatch(/^floatpath: [^\n]+\n$/);
    expect(stderr.trimEnd()).toMatch(sentence);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(existsSync(inFolder('out'))).toBe(false);
  });

  describe.each(['certify', 'predict', 'calibrate', 'refute'])('%s', (command) => {
    const out = inFolder(`${command}.out`);
    const run = (spec: string): ReturnType<typeof runCaptured> =>
      runCaptured([
        ...[command, model, '--data', spec, '--sigma', '.25', '--n', '20', '--quiet'],
        ...(command === 'predict' ? [] : ['--out', out]),
      ]);
    const refused = async (spec: string, sentence: RegExp): Promise<void> => {
      const { status, stdout, stderr } = await run(spec);
      expect(stderr.trimEnd()).toMatch(sentence);
      expect({ status, stdout, written: existsSync(out) }).toEqual({
        ...{ status: 2, stdout: '', written: false },
      });
    };

    it('refuses pixels in other units than the bounds', async () => {
      const to255 = brightQuarters(8).map((value) => 255 * value);
      await refused(
        npz(`${command}-255.npz`, to255, labels(8)),
        new RegExp(`^floatpath: ${command}: expected pixels in \\[0, 1\\], got .* --bounds$`),
      );
    });

    // Labels are no more than printed by predict.
    if (command === 'predict') return;
    it('refuses a label that the network has not', async () => {
      await refused(
        npz(`${command}-label.npz`, brightQuarters(8), [...labels(7), 99]),
        new RegExp(`^floatpath: ${command}: expected labels in \\[0, 4\\), got 99 for image 7`),
      );
    });
  });

  it('draws that cannot answer are refused before a line is printed', async () => {
    const { status, stdout, stderr } = await runCaptured([
      ...['predict', model, '--data', data, '--sigma', '.25', '--n', '8', '--quiet'],
    ]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/expected n an integer of at least 11 for alpha 0\.001, got 8/);
  });

  it('a folder with other files in it is left alone', async () => {
    const { status, stderr } = await runCaptured(auditOf([model], { '--out': inFolder('.') }));
    expect(status).toBe(2);
    expect(stderr).toMatch(/expected an empty or new folder .*use --force\n$/);
  });
});
