import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { defaults } from '@floatpath/core';
import {
  boundsPair,
  numberList,
  oneOf,
  openShare,
  positiveNumber,
  wholeNumber,
  type ArgumentParser,
} from '../arguments.js';
import type { AuditFlags } from '../audit-options.js';
import { parseDataSpec } from '../data-spec.js';
import type { Io } from '../io.js';

const IMAGES = 100;
const BATCH = 128;

function option<T>(
  flags: string,
  description: string,
  parserOf: (flag: string) => ArgumentParser<T>,
  value?: T,
  shown?: string,
): Option {
  const flag = flags.split(' ')[0] as string;
  const made = new Option(flags, description).argParser(parserOf(flag));
  return value === undefined ? made : made.default(value, shown);
}

const counting = (minimum: number, maximum?: number) => (flag: string) =>
  wholeNumber(flag, minimum, maximum);

const dataOptions = [
  option(
    '--data <spec>',
    'labelled images: mnist:test, mnist:train, mnist:sample, idx:IMAGES,LABELS, cifar10:FILE, npz:FILE',
    () => parseDataSpec,
  ),
  option('--limit <count>', 'images to audit', counting(1), IMAGES),
  option('--skip <count>', 'images to leave out at the beginning', counting(0), 0),
  option('--every <count>', 'take one image in so many', counting(1), 1),
];

const threatOptions = [
  option('--norm <norm>', 'how changes are measured: linf or l2', (flag) =>
    oneOf(flag, ['linf', 'l2']),
  ),
  option('--epsilon <number>', 'attack radius in input units, e.g. 8/255', positiveNumber),
  option('--sigma <number>', 'standard deviation of the smoothing noise', positiveNumber),
  option('--n0 <count>', 'draws that select the label', counting(1), defaults.n0),
  option(
    '--n <count>',
    `draws that bound its probability (default: ${defaults.n}; 1000 without MODEL)`,
    counting(1),
  ),
  option('--alpha <share>', 'failure probability of each certificate', openShare, defaults.alpha),
  option('--seed <count>', 'seed of all random draws', counting(0, 2 ** 53 - 1), defaults.seed),
];

const modelOptions = [
  option('--bounds <low,high>', 'range of the inputs', boundsPair, [0, 1] as const, '0,1'),
  option('--mean <list>', 'mean that the model expects to be subtracted', numberList),
  option('--std <list>', 'deviation that the model expects to be divided by', numberList),
  option(
    '--layout <layout>',
    'order of axes that the model expects: nchw or nhwc',
    (flag) => oneOf(flag, ['nchw', 'nhwc']),
    'nchw',
  ),
  new Option('--calibration <file>', 'deviations for the input anchor; may be given several times')
    .argParser((file: string, files: readonly string[]) => [...files, file])
    .default([], 'none'),
  new Option('--allow-inaccurate', 'go on with a model that is hardly better than chance'),
];

const runOptions = [
  option(
    '--engine <name>',
    'ort (native, else WebAssembly), ort-web or reference (float64, slow)',
    (flag) => oneOf(flag, ['ort', 'ort-web', 'reference']),
    'ort',
  ),
  option('--workers <count>', 'threads', counting(1, 1024), availableParallelism(), 'cores'),
  option('--batch-size <count>', 'rows per run; changes no result', counting(1, 65536), BATCH),
  new Option('--out <folder>', 'where the files go (default: ./floatpath-report)'),
  new Option('--force', 'write into a folder that holds other files'),
  new Option('--json', 'print the report as one JSON document instead of the story'),
  new Option('--quiet', 'no progress'),
];

/** `floatpath audit`: arguments only; the work and the libraries that it needs are loaded when it runs. */
export function auditCommand(io: Io, argv: readonly string[]): Command {
  const command = new Command('audit')
    .summary('what fails, why, what smoothing repairs and what is certified')
    .description(
      'Audits models on labelled images: what an attack finds, why each failure happens, what smoothing repairs and what is certified.\nWithout MODEL: two bundled networks on MNIST test images. With MODEL: --data, --norm, --epsilon and --sigma are required.',
    )
    .argument('[model...]', 'ONNX files');
  for (const made of [...dataOptions, ...threatOptions, ...modelOptions, ...runOptions])
    command.addOption(made);
  return command.action(async (models: readonly string[], flags: AuditFlags) => {
    const { runAudit } = await import('../run-audit.js');
    await runAudit(models, flags, argv, io);
  });
}
