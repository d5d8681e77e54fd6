import { Command, Option } from 'commander';
import { numberList, openShare, positiveNumber, wholeNumber } from '../arguments.js';
import type { CompareFlags, LogFlags, MergeFlags } from '../run-counts.js';
import type { Io } from '../io.js';
import { option } from '../options.js';

/** `floatpath merge`: arguments only. */
export function mergeCommand(io: Io): Command {
  return new Command('merge')
    .summary('adds counts files of one run')
    .description(
      'Adds the counts files of shards: the result is the file that the run without shards makes. Files of different runs, and draws that come twice, are refused.',
    )
    .argument('<counts...>', 'counts files')
    .addOption(new Option('--out <file>', 'the merged counts file').default('merged.jsonl'))
    .addOption(new Option('--allow-mixed-engines', 'take counts of different engines together'))
    .addOption(new Option('--json', 'print one JSON document'))
    .action(async (files: readonly string[], flags: MergeFlags) => {
      const { runMerge } = await import('../run-counts.js');
      await runMerge(files, flags, io);
    });
}

/** `floatpath compare`: arguments only. */
export function compareCommand(io: Io): Command {
  return new Command('compare')
    .summary('two networks, image by image, on the same draws')
    .description(
      'Compares two counts files of the same images, draws and plan: exact McNemar tests at each radius, adjusted by Holm, and a paired bootstrap of the mean difference of the radii.',
    )
    .argument('<first>', 'counts file')
    .argument('<second>', 'counts file')
    .addOption(option('--radii <list>', 'radii to compare at', numberList))
    .addOption(option('--alpha <share>', 'level of the tests', openShare, 0.05))
    .addOption(
      option('--seed <count>', 'of the bootstrap', (f) => wholeNumber(f, 0, 2 ** 53 - 1), 0),
    )
    .addOption(option('--size <count>', 'values per input, for linf', (f) => wholeNumber(f, 1)))
    .addOption(new Option('--svg <file>', 'draw both curves with their exact bands'))
    .addOption(new Option('--json', 'print one JSON document'))
    .action(async (first: string, second: string, flags: CompareFlags) => {
      const { runCompare } = await import('../run-counts.js');
      await runCompare(first, second, flags, io);
    });
}

/** `floatpath log check`: arguments only. */
export function logCommand(io: Io): Command {
  const check = new Command('check')
    .summary('whether a certification log can be what it says')
    .description(
      'Finds n and alpha of a certification log of another program, rows that no count gives (by the bound of Cohen et al.) or that contradict themselves, gaps, and radii rounded above what is certified. Exit status 1 if a row is impossible.',
    )
    .argument('<file>', 'tab-separated log')
    .addOption(option('--sigma <number>', 'standard deviation of its noise', positiveNumber))
    .addOption(option('--n <count>', 'what it is said to be made with', (f) => wholeNumber(f, 1)))
    .addOption(option('--alpha <share>', 'what it is said to be made with', openShare))
    .addOption(new Option('--json', 'print one JSON document'))
    .action(async (file: string, flags: LogFlags) => {
      const { runLogCheck } = await import('../run-counts.js');
      await runLogCheck(file, flags, io);
    });
  return new Command('log').summary('certification logs of other programs').addCommand(check);
}
