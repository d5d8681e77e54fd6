import { Command, Option } from 'commander';
import { argumentError, numberList, wholeNumber } from '../arguments.js';
import type { Io } from '../io.js';
import { option } from '../options.js';
import type { RegionsFlags } from '../run-regions.js';
import { scRfpOptions } from '../sc-rfp-options.js';

const threeImages = (flag: string) => (text: string) => {
  const values = numberList(flag)(text);
  const [a, b, c] = values;
  if (values.length === 3 && values.every((v) => Number.isInteger(v) && v >= 0))
    return [a, b, c] as [number, number, number];
  throw argumentError(flag, 'three image numbers such as 0,1,2', text);
};

const share = (flag: string) => (text: string) => {
  const [value = NaN, ...rest] = numberList(flag)(text);
  if (rest.length === 0 && value >= 0 && Number.isFinite(value)) return value;
  throw argumentError(flag, 'a number from 0 on such as 0.25', text);
};

const own = [
  option('--plane <I,J,K>', 'numbers of the three images that the plane goes through', threeImages),
  option('--margin <share>', 'how much wider than the three the window is', share, 0.25),
  option('--most <count>', 'stop after so many regions', (flag) => wholeNumber(flag, 1), 20_000),
  new Option('--out <file>', 'the picture').default('regions.svg'),
];

const unused = ['--engine', '--batch-size'];

/** `floatpath regions`: arguments only. */
export function regionsCommand(io: Io): Command {
  const command = new Command('regions')
    .summary('the linear regions on a plane through three images')
    .description(
      'Cuts the plane along the kinks of every neuron, exactly and in float64, counts the regions on which the network is affine and draws them with the labels. Labels of the images are not needed.',
    )
    .argument('<model>', 'ONNX file');
  const shared = scRfpOptions.filter(({ long }) => !unused.includes(long ?? ''));
  for (const made of [...shared, ...own]) command.addOption(made);
  return command.action(async (model: string, flags: RegionsFlags) => {
    const { runRegions } = await import('../run-regions.js');
    await runRegions(model, flags, io);
  });
}
