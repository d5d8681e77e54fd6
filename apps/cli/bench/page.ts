import type { Measured } from './evidence.js';

const cell = (row: Measured): readonly string[] => [
  row.what,
  `${row.sense} ${row.goal}`,
  `${row.ratio.median.toFixed(2)} (${row.ratio.least.toFixed(2)} to ${row.ratio.most.toFixed(2)})`,
  row.reached ? 'yes' : 'no',
];

function table(rows: readonly (readonly string[])[]): string {
  const [header = [], ...body] = rows;
  const widths = header.map((_, i) => Math.max(...rows.map((row) => (row[i] as string).length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text, i) => text.padEnd(widths[i] as number)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join(
    '\n',
  );
}

const heading = ['what', 'goal', 'reached: median (least to most)', 'met'];

function section(title: string, words: string, rows: readonly Measured[]): string {
  return `## ${title}\n\n${words}\n\n${table([heading, ...rows.map(cell)])}\n`;
}

/** The docs page on speed: what was reached and what was not. */
export function benchmarksPage(
  rows: readonly Measured[],
  made: { readonly processor: string; readonly node: string },
): string {
  const torch = rows.filter((row) => row.torch !== undefined);
  const own = rows.filter((row) => row.torch === undefined);
  const short = rows.filter((row) => !row.reached);
  const versions = [...new Set(torch.map((row) => row.torch?.version))].join(', ');
  const recorded = torch.filter((row) => row.torch?.recorded === true).length;
  const said =
    recorded === 0
      ? `PyTorch ${versions} ran in the same run.`
      : `In ${recorded} of ${torch.length} rows PyTorch's side is a rate recorded earlier (PyTorch ${versions}), because it was not installed.`;
  const reasons =
    short.length === 0
      ? 'Every goal was met in this run.'
      : short
          .map(
            (row) =>
              `- ${row.what}: ${row.ratio.median.toFixed(2)}, ${row.sense} ${row.goal} wanted; ${row.why ?? 'not explained.'}`,
          )
          .join('\n');
  return `# Benchmarks

Written by \`npm run bench -- apps/cli/bench/table.bench.ts\`. Every number is a ratio of two rates measured in turn, A/B/A/B in
one run, on one thread each, per second of CPU time; the median over the rounds is compared with the goal. Rates of
different machines or runs are not comparable; ratios nearly are. Processor: ${made.processor}, Node ${made.node}. Networks:
an MNIST CNN (convolutions of 16 and 32 channels, two dense layers) and a 784-256-256-10 MLP.

${section('Against PyTorch on the CPU', `Times the rate of PyTorch at equal n, one thread. ${said}`, torch)}
${section('Against itself', 'Ratios within floatpath: what a kernel costs in plain forward passes, or one engine over another.', own)}
## Where it falls short

${reasons}
`;
}
