import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { float32Tensor, int64Tensor, type Network } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { writeNpz } from '@floatpath/model-io/datasets';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesText } from '../src/terminal.js';
import { madeReport } from './support/made-report.js';
import { brightQuarters, quarterNetwork } from './support/models.js';
import { runCaptured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const COUNT = 8;

// A file name holds anything but a slash and NUL.
const hostile = [
  '\u001b[31mred\u001b]0;title\u0007\u009b2J\u007f',
  'a\n::error::owned\r\n%0A::warning::b',
  '"><script>alert(1)<\\script>\']]>&amp;|`x`',
  'tab\tu202e \u202egnp\u2028\u2066',
];
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** A folder of files with this name in the names of all, as the commands take them. */
function filesNamed(name: string, at: string): (file: string) => string {
  mkdirSync(inFolder(at));
  const path = (file: string): string => inFolder(at, `${name}${file}`);
  const quarter = quarterNetwork({ bias: -0.3 });
  const renamed: Network = {
    ...quarter,
    name,
    nodes: quarter.nodes.map((node) => ({
      ...node,
      name: `${node.name}${name}`,
      outputs: node.outputs.map((output) => (output === 'y' ? `y${name}` : output)),
    })),
    outputs: quarter.outputs.map((output) => ({ ...output, name: `y${name}` })),
  };
  writeFileSync(path('.onnx'), writeOnnx(renamed));
  const x = float32Tensor([COUNT, 4], brightQuarters(COUNT));
  const labels = Array.from({ length: COUNT }, (_, i) => i % 4);
  writeFileSync(path('.npz'), writeNpz({ x, y: int64Tensor([COUNT], labels) }));
  writeFileSync(path('x.npz'), writeNpz({ x }));
  const declared = ['X', 'Y'].flatMap((letter) =>
    Array.from({ length: 4 }, (_, i) => `(declare-const ${letter}_${i} Real)`),
  );
  const box = Array.from({ length: 4 }, (_, i) => `(assert (>= X_${i} 0))(assert (<= X_${i} 1))`);
  writeFileSync(path('.vnnlib'), [...declared, ...box, '(assert (>= Y_0 Y_1))'].join('\n'));
  writeFileSync(
    path('report.json'),
    JSON.stringify(madeReport(5, 10, { data: name, label: name })),
  );
  return path;
}

/** Every command that takes a file, in an order in which later ones find what earlier ones write. */
function callsWith(path: (file: string) => string): readonly (readonly string[])[] {
  const [model, images] = [path('.onnx'), ['--data', `npz:${path('.npz')}`]];
  const out = (file: string): string[] => ['--out', path(file)];
  const attacked = ['--norm', 'linf', '--epsilon', '.5'];
  const drawn = ['--sigma', '.1', '--n', '50'];
  return [
    ['inspect', model],
    ['run', model, '--input', path('x.npz'), '--output', path('y.npy')],
    ['convert', model, path('converted.onnx')],
    ['falsify', model, path('.vnnlib')],
    ['stability', model, ...images, '--epsilon', '.1', '--draws', '20', ...out('s.json')],
    ['regions', model, ...images, '--plane', '0,1,2', ...out('.svg')],
    ['explain', model, ...images, ...attacked, ...out('explained')],
    ['attack', model, ...images, ...attacked, '--attack', 'fgsm', ...out('adv.npz')],
    ['verify-attack', model, path('adv.npz')],
    [
      'certify',
      model,
      ...images,
      ...drawn,
      '--workers',
      '1',
      ...out('.jsonl'),
      '--tsv',
      path('.tsv'),
    ],
    ['predict', model, ...images, ...drawn],
    [
      'calibrate',
      model,
      ...images,
      '--limit',
      '2',
      '--sigma',
      '.1',
      '--anchor',
      'input',
      ...out('cal.json'),
    ],
    ['refute', model, ...images, ...drawn, '--steps', '2', ...out('broken.npz')],
    ['export', model, '--anchor', 'input', '--calibration', path('cal.json'), ...out('r.onnx')],
    ['merge', path('.jsonl'), ...out('merged.jsonl')],
    ['compare', path('.jsonl'), path('.jsonl')],
    ['log', 'check', path('.tsv'), '--sigma', '.1'],
    [
      'audit',
      model,
      ...images,
      ...attacked,
      ...drawn,
      '--n',
      '200',
      '--workers',
      '1',
      ...out('report'),
    ],
    [
      'gate',
      path('report.json'),
      '--rule',
      'clean >= .9',
      '--format',
      'junit,sarif,markdown,github',
      ...out('gate'),
    ],
  ];
}

const plain = filesNamed('plain', 'plain');

describe.each(hostile.map((name, i) => [JSON.stringify(name), name, i] as const))(
  'files called %s',
  (_, name, i) => {
    const path = filesNamed(name, `hostile-${i}`);
    const usual = callsWith(plain);
    it('print as many lines as others do, and nothing that a terminal or a workflow obeys', async () => {
      for (const [at, argv] of callsWith(path).entries()) {
        const expected = await runCaptured([
          ...(usual[at] as string[]),
          ...(i > 0 ? ['--help'] : []),
        ]);
        const { status, stdout, stderr } = await runCaptured(argv);
        if (i === 0) expect({ argv, status }).toEqual({ argv, status: expected.status });
        expect({ argv, stdout: controls.test(stdout) }).toEqual({ argv, stdout: false });
        expect({ argv, stderr: controls.test(stderr) }).toEqual({ argv, stderr: false });
        if (i === 0) {
          const count = (text: string): number => text.split('\n').length;
          expect({ argv, lines: count(stdout) }).toEqual({ argv, lines: count(expected.stdout) });
        }
        const commands = [...stdout.matchAll(/^::.*/gm), ...stderr.matchAll(/^::.*/gm)];
        expect(commands.length).toBe(argv[0] === 'gate' ? 1 : 0);
        for (const [command] of commands) expect(command).toMatch(/^::error title=floatpath gate/);
      }
    });

    it('leave pictures and pages sound', () => {
      const files = readdirSync(inFolder(`hostile-${i}`), { recursive: true }) as string[];
      const markup = files.filter((file) => /\.(svg|html|xml)$/.test(file));
      expect(markup.length).toBeGreaterThanOrEqual(4);
      for (const file of markup) {
        const text = readFileSync(join(inFolder(`hostile-${i}`), file), 'utf8');
        expect(text).not.toMatch(/<script|<svg onload|onload=['"]|<\\script/);
        expect(text.replaceAll('\n', '')).not.toMatch(controls);
      }
    });

    it('are named in one sentence where they are at fault', async () => {
      for (const argv of [
        ['inspect', `${name}.onnx`],
        [
          'audit',
          `${name}.onnx`,
          '--data',
          `npz:${name}`,
          '--norm',
          'l2',
          '--epsilon',
          '1',
          '--sigma',
          '1',
        ],
        ['merge', `${name}.jsonl`],
        ['gate', path('.npz')],
        ['falsify', path('.onnx'), path('.npz')],
        ['certify', path('.onnx'), '--data', name, '--sigma', '1'],
        ['audit', `--${name}`],
        [name],
      ]) {
        const { status, stdout, stderr } = await runCaptured(argv);
        expect({ argv, status, stdout }).toEqual({ argv, status: 2, stdout: '' });
        expect({ argv, bad: controls.test(stderr), lines: stderr.split('\n').length }).toEqual({
          ...{ argv, bad: false, lines: 2 },
        });
      }
    });
  },
);

it('any lines stay as many lines as they are', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (lines) => {
      const text = linesText(lines);
      expect(text).not.toMatch(controls);
      expect(text.split('\n')).toHaveLength(lines.length + 1);
    }),
  );
});
