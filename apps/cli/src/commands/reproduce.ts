import { Command, Option } from 'commander';
import { defaults } from '@floatpath/core';
import { oneOf, wholeNumber } from '../arguments.js';
import type { Io } from '../io.js';
import { option, runOptions } from '../options.js';
import type { ReproduceFlags } from '../run-reproduce.js';

const shared = new Set(
  '--engine --batch-size --timeout --dry-run --json --quiet --force'.split(' '),
);

const own = [
  option(
    '--size <size>',
    'quick (minutes) or full (what is published)',
    (flag) => oneOf(flag, ['quick', 'full']),
    'quick',
  ),
  option(
    '--seed <count>',
    'seed of all random draws',
    (f) => wholeNumber(f, 0, 2 ** 53 - 2),
    defaults.seed,
  ),
  new Option('--page <file>', 'write it as a page with figures (Markdown), too'),
];

/** `floatpath reproduce`: arguments only. */
export function reproduceCommand(io: Io): Command {
  const command = new Command('reproduce')
    .summary("the paper's experiment on the bundled networks, and which claims hold")
    .description(
      'Float fractions, failures by kind and what smoothing corrects of each, radii of every anchor beside plain smoothing and controls, attacks inside the radii: on the two bundled networks and MNIST test images. Certified and surrogate radii never share a table.',
    );
  for (const made of [...runOptions, ...own]) {
    if (own.includes(made) || shared.has(made.long ?? '')) command.addOption(made);
  }
  return command.action(async (flags: ReproduceFlags) => {
    const { runReproduce } = await import('../run-reproduce.js');
    await runReproduce(flags, io);
  });
}
