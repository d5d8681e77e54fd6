import { existsSync, writeFileSync } from 'node:fs';
import { float32Tensor, int64Tensor } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { writeNpz } from '@floatpath/model-io/datasets';
import { beforeAll, describe, expect, it } from 'vitest';
import { madeReport } from './support/made-report.js';
import { brightQuarters, quarterNetwork } from './support/models.js';
import { runCaptured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const COUNT = 8;
const model = inFolder('quarter.onnx');
const data = inFolder('data.npz');
const out = (name: string): readonly string[] => ['--out', inFolder(name)];
const images = ['--data', `npz:${data}`];
const attacked = ['--norm', 'linf', '--epsilon', '.5'];
const drawn = ['--sigma', '.1', '--n', '50'];

/** What a manner is to a command: there, or the reason why it makes no sense. */
type Manner = true | string;
const instant = 'ends in seconds: no loop over images';
const writesNothing = 'writes nothing and ends in seconds';
const oneFile = 'its one file is the whole work: a second';
const silent = 'says nothing on stderr but errors';

interface Row {
  readonly command: string;
  /** A run that ends well, or no to its question. */
  readonly good: readonly string[];
  readonly status?: number;
  readonly bad: readonly string[];
  readonly json: Manner;
  readonly quiet: Manner;
  readonly timeout: Manner;
  readonly dryRun: Manner;
}

const all = { json: true, quiet: true, timeout: true, dryRun: true } as const;
const fast = { json: true, quiet: silent, timeout: instant, dryRun: oneFile } as const;

const rows: readonly Row[] = [
  {
    command: 'audit',
    good: ['--n', '200', '--limit', '3', '--workers', '1', '--no-images', ...out('audit')],
    bad: ['nowhere.onnx', ...images, ...attacked, '--sigma', '.1', ...out('bad')],
    ...all,
  },
  { command: 'inspect', good: [model], bad: ['nowhere.onnx'], ...fast, dryRun: writesNothing },
  {
    command: 'run',
    good: [model, '--input', inFolder('x.npz'), '--output', inFolder('y.npy')],
    bad: [model, '--input', 'nowhere.npy', '--output', inFolder('z.npy')],
    ...fast,
  },
  {
    command: 'convert',
    good: [model, inFolder('converted.onnx')],
    bad: ['nowhere.h5', inFolder('z.onnx')],
    ...fast,
  },
  {
    command: 'falsify',
    good: [model, inFolder('spec.vnnlib')],
    bad: [model, 'nowhere.vnnlib'],
    ...all,
    dryRun: writesNothing,
  },
  {
    command: 'stability',
    good: [model, ...images, '--epsilon', '.1', '--draws', '50', ...out('stability.json')],
    bad: [model, ...images],
    ...all,
  },
  {
    command: 'regions',
    good: [model, ...images, '--plane', '0,1,2', ...out('regions.svg')],
    bad: [model, ...images, '--plane', '0,1'],
    ...all,
  },
  {
    command: 'explain',
    good: [model, ...images, ...attacked, ...out('explained')],
    bad: [model, ...images],
    ...all,
  },
  {
    command: 'attack',
    good: [model, ...images, ...attacked, '--attack', 'fgsm', ...out('made.npz')],
    bad: [model, ...images, '--norm', 'l7'],
    ...all,
  },
  {
    command: 'verify-attack',
    good: [model, inFolder('adv.npz')],
    bad: [model, 'nowhere.npz'],
    ...all,
    dryRun: 'writes nothing: three passes per row',
  },
  {
    command: 'certify',
    good: [model, ...images, ...drawn, '--workers', '1', ...out('made.jsonl')],
    bad: [model, ...images],
    ...all,
  },
  {
    command: 'predict',
    good: [model, ...images, ...drawn],
    bad: [model, ...images, '--sigma', '-1'],
    ...all,
  },
  {
    command: 'worker',
    good: [],
    bad: [model],
    json: true,
    quiet: true,
    timeout: 'works until it is told to stop; --idle ends it',
    dryRun: 'what it does is what others queue',
  },
  {
    command: 'calibrate',
    good: [model, ...images, '--sigma', '.1', '--anchor', 'input', ...out('made-calibration.json')],
    bad: [model, ...images],
    ...all,
  },
  {
    command: 'refute',
    good: [model, ...images, ...drawn, '--steps', '2', ...out('broken.npz')],
    bad: [model, ...images],
    ...all,
  },
  {
    command: 'export',
    good: [
      model,
      '--anchor',
      'input',
      '--calibration',
      inFolder('calibration.json'),
      ...out('repressed.onnx'),
    ],
    bad: [model, '--anchor', 'center'],
    ...fast,
  },
  { command: 'reproduce', good: [], bad: ['--size', 'huge'], ...all },
  {
    command: 'merge',
    good: [inFolder('counts.jsonl'), ...out('merged.jsonl')],
    bad: ['nowhere.jsonl'],
    ...fast,
  },
  {
    command: 'compare',
    good: [inFolder('counts.jsonl'), inFolder('counts.jsonl')],
    bad: [inFolder('counts.jsonl'), 'nowhere.jsonl'],
    ...fast,
    dryRun: writesNothing,
  },
  {
    command: 'log check',
    good: [inFolder('log.tsv'), '--sigma', '.1'],
    bad: [inFolder('log.tsv')],
    ...fast,
    dryRun: writesNothing,
  },
  {
    command: 'gate',
    good: [inFolder('report.json'), '--rule', 'clean >= .9', '--format', 'junit', ...out('gate')],
    status: 1,
    bad: ['nowhere.json'],
    json: true,
    quiet: true,
    timeout: instant,
    dryRun: 'judging is the dry run of --update-baseline',
  },
  { command: 'init', good: [], bad: ['--frce'], ...fast },
  {
    command: 'completion',
    good: ['bash'],
    bad: ['tcsh'],
    json: 'the script is the document',
    quiet: silent,
    timeout: instant,
    dryRun: writesNothing,
  },
];

const names = rows.map((row) => [row.command, row] as const);
const argvOf = ({ command }: Row, rest: readonly string[]): string[] => [
  ...command.split(' '),
  ...rest,
];

/** The arguments with another --out. */
const elsewhere = (argv: readonly string[], where: string): readonly string[] =>
  argv.map((word, i) => (argv[i - 1] === '--out' ? `${word}-${where}` : word));

beforeAll(async () => {
  // Its bias puts breakpoints between images and their adversarial versions.
  writeFileSync(model, writeOnnx(quarterNetwork({ bias: -0.3 })));
  const x = float32Tensor([COUNT, 4], brightQuarters(COUNT));
  const y = int64Tensor(
    [COUNT],
    Array.from({ length: COUNT }, (_, i) => i % 4),
  );
  writeFileSync(data, writeNpz({ x, y }));
  writeFileSync(inFolder('x.npz'), writeNpz({ x }));
  writeFileSync(inFolder('report.json'), JSON.stringify(madeReport(5, 10)));
  const declared = ['X', 'Y'].flatMap((name) =>
    Array.from({ length: 4 }, (_, i) => `(declare-const ${name}_${i} Real)`),
  );
  const box = Array.from({ length: 4 }, (_, i) => `(assert (>= X_${i} 0))(assert (<= X_${i} 1))`);
  const unsafe = '(assert (>= Y_0 Y_1))';
  writeFileSync(inFolder('spec.vnnlib'), [...declared, ...box, unsafe].join('\n'));
  const made = [
    ['attack', model, ...images, ...attacked, '--attack', 'fgsm', ...out('adv.npz')],
    [
      ...['certify', model, ...images, ...drawn, '--workers', '1'],
      ...['--tsv', inFolder('log.tsv'), ...out('counts.jsonl')],
    ],
    [
      'calibrate',
      model,
      ...[...images, '--sigma', '.1', '--anchor', 'input', '--limit', '2'],
      ...out('calibration.json'),
    ],
  ];
  for (const argv of made) {
    const { status, stderr } = await runCaptured([...argv, '--quiet']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }
});

it('the table has every command', async () => {
  const { stdout } = await runCaptured(['--help']);
  const [, list = ''] = stdout.split('\nCommands:\n');
  const commands = [...list.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name);
  const known = rows.map(({ command }) => command.split(' ')[0]);
  expect(known.toSorted()).toEqual(commands.filter((name) => name !== 'help').toSorted());
});

describe.each(names)('%s', (_, row) => {
  it('--help shows the options that it has, a summary and examples, and only those', async () => {
    const { status, stdout, stderr } = await runCaptured(argvOf(row, ['--help']));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [options = '', examples] = stdout.split('\nExamples:');
    expect(examples).toContain(`floatpath ${row.command}`);
    const manners = {
      json: row.json,
      quiet: row.quiet,
      timeout: row.timeout,
      'dry-run': row.dryRun,
    };
    for (const [name, manner] of Object.entries(manners)) {
      const shown = new RegExp(`^ {2}--${name}\\b`, 'm').test(options);
      expect({ name, shown }).toEqual({ name, shown: manner === true });
    }
  });

  it('bad input is one sentence, status 2 and nothing on stdout', async () => {
    const { status, stdout, stderr } = await runCaptured(argvOf(row, row.bad));
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^floatpath: [^\n]+\n$/);
    expect(stderr).not.toContain('unexpected error');
    const colored = await runCaptured(argvOf(row, row.bad), {
      isTTY: true,
      env: { NO_COLOR: '1' },
    });
    expect(colored.stderr).not.toContain('\u001b');
  });

  it('an unknown option is one sentence and status 2', async () => {
    const { status, stdout, stderr } = await runCaptured(
      argvOf(row, [...row.good, '--no-such-thing']),
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^floatpath: unknown option '--no-such-thing'[^\n]*\n$/);
  });

  // What these would do is the paper's experiment, serve a queue, or write into the folder of the tests.
  const runs = !['reproduce', 'worker', 'init', 'completion'].includes(row.command);
  const quiet = row.quiet === true ? ['--quiet'] : [];

  it.runIf(row.dryRun === true)('--dry-run writes nothing and says what and how long', async () => {
    const { status, stdout } = await runCaptured(argvOf(row, [...row.good, '--dry-run', ...quiet]));
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^floatpath ${row.command} would\n`));
    expect(stdout).toMatch(/\n {2}take (about \d+ (s|min)|a time that cannot be told)/);
    const target = row.good[row.good.indexOf('--out') + 1];
    if (row.good.includes('--out')) expect(existsSync(target as string)).toBe(false);
    const asJson = await runCaptured(argvOf(row, [...row.good, '--dry-run', '--json', ...quiet]));
    expect(JSON.parse(asJson.stdout)).toMatchObject({ dryRun: true, command: row.command });
  });

  it.runIf(row.timeout === true && row.command !== 'falsify' && row.command !== 'reproduce')(
    '--timeout ends a run with status 3 and one sentence that says so',
    async () => {
      const { status, stdout, stderr } = await runCaptured(
        argvOf(row, [...elsewhere(row.good, 'cut'), '--timeout', '0.000001', '--json', ...quiet]),
      );
      expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
      expect(stderr).toContain('stopped after 0.000001 s as --timeout asks');
    },
  );

  it.runIf(row.json === true && runs)('--json is one document, alone on stdout', async () => {
    const argv = argvOf(row, [...elsewhere(row.good, 'json'), '--json', ...quiet]);
    const { status, stdout, stderr } = await runCaptured(argv);
    expect({ status, stderr }).toMatchObject({ status: row.status ?? 0, stderr: '' });
    expect(stdout.endsWith('\n')).toBe(true);
    expect(typeof JSON.parse(stdout)).toBe('object');
  });
});
