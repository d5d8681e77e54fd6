import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import { defaults } from '@floatpath/core';
import {
  argumentError,
  boundsPair,
  numberList,
  oneOf,
  openShare,
  positiveNumber,
  wholeNumber,
  type ArgumentParser,
} from './arguments.js';
import { parseDataSpec } from './data-spec.js';

const IMAGES = 100;
const BATCH = 64;

/** An option whose text is parsed, and refused, by its own flag's rule. */
export function option<T>(
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

/** Which images. */
export const dataOptions: readonly Option[] = [
  option(
    '--data <spec>',
    'labelled images: mnist:test, mnist:train, mnist:sample, idx:IMAGES,LABELS, cifar10:FILE, cifar100:FILE, cifar100-coarse:FILE, npz:FILE, dir:FOLDER',
    () => parseDataSpec,
  ),
  option('--limit <count>', 'images to audit', counting(1), IMAGES),
  option('--skip <count>', 'images to leave out at the beginning', counting(0), 0),
  option('--every <count>', 'take one image in so many', counting(1), 1),
];

/** What is attacked and certified. */
export const threatOptions: readonly Option[] = [
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

/** What belongs to the model. */
export const modelOptions: readonly Option[] = [
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

/** For a model behind an address. */
export const endpointOption = new Option(
  '--secret-header <name=VARIABLE>',
  'header of every request to an endpoint, with its value in an environment variable; may be given several times',
).argParser((text: string, before: Readonly<Record<string, string>> | undefined) => {
  const [, name, variable] = /^([\w-]+)=([A-Za-z_]\w*)$/.exec(text) ?? [];
  if (name === undefined || variable === undefined)
    throw argumentError('--secret-header', 'NAME=VARIABLE such as authorization=MODEL_TOKEN', text);
  return { ...before, [name.toLowerCase()]: variable };
});

/** Where jobs are queued; secrets do not belong into it. */
export const redisOption = new Option(
  '--redis <url>',
  'queue of counting jobs, e.g. redis://localhost:6379; user and password in FLOATPATH_REDIS_USER and FLOATPATH_REDIS_PASSWORD',
);

/** How the work is done and where its results go. */
export const runOptions: readonly Option[] = [
  option(
    '--engine <name>',
    'ort (native, else WebAssembly), ort-web, tfjs, tfjs-node (native) or reference (float64, slow)',
    (flag) => oneOf(flag, ['ort', 'ort-web', 'tfjs', 'tfjs-node', 'reference']),
    'ort',
  ),
  option('--workers <count>', 'threads', counting(1, 1024), availableParallelism(), 'cores'),
  option('--batch-size <count>', 'rows per run; changes no result', counting(1, 65536), BATCH),
  new Option('--out <folder>', 'where the files go (default: ./floatpath-report)'),
  new Option('--no-images', 'leave the failures out of report.html'),
  new Option('--force', 'write into a folder that holds other files'),
  new Option('--resume', 'go on with an interrupted run in the same folder'),
  option('--timeout <seconds>', 'stop after so long, with status 3', positiveNumber),
  new Option('--dry-run', 'say what would be done and how long it takes, and write nothing'),
  new Option('--json', 'print one JSON document'),
  new Option('--quiet', 'no progress'),
];
