// `npm run bench -- apps/cli/bench/table.bench.ts`: the table of benchmarks, written to evidence/benchmarks.json and
// apps/docs/benchmarks.md. FLOATPATH_BENCH=forward,trace measures the rows whose id has one of the words and keeps the others;
// FLOATPATH_PYTHON names the Python that has torch and scipy.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { bench, describe } from 'vitest';
import { measuredBefore, measuredRow, writeRows, type Measured } from './evidence.js';
import { alternate, type Measure } from './measure.js';
import { benchmarksPage } from './page.js';
import type { Row } from './row.js';
import { attackRows } from './rows/attacks.js';
import { certifyRows } from './rows/certify.js';
import { engineRows } from './rows/engines.js';
import { forwardRows } from './rows/forward.js';
import { pathRows } from './rows/paths.js';
import { patternHashRows } from './rows/pattern-hashes.js';
import { repressionRows } from './rows/repression.js';
import { torchMeasure, torchVersion } from './torch-baseline.js';

const page = new URL('../../docs/benchmarks.md', import.meta.url);
const rows: readonly Row[] = [
  ...certifyRows,
  ...forwardRows,
  ...attackRows,
  ...pathRows,
  ...patternHashRows,
  ...repressionRows,
  ...engineRows,
];
const words = (process.env['FLOATPATH_BENCH'] ?? '').split(',');
const wanted = rows.filter(({ id }) => words.some((word) => id.includes(word)));
const before = new Map(measuredBefore().map((row) => [row.id, row]));
const version = torchVersion();
const order = rows.map(({ id }) => id);
const made = { processor: cpus()[0]?.model ?? 'unknown', node: process.version };

/** PyTorch's side: run here, or the rate of the last run that had it. */
function torchSide(row: Row): { readonly measure: Measure; readonly torch: Measured['torch'] } {
  const recorded = before.get(row.id)?.torch;
  if (row.torch === undefined)
    return { measure: () => Promise.reject(new Error('none')), torch: undefined };
  if (version !== undefined) {
    return {
      measure: torchMeasure(row.torch),
      torch: { version, perSecond: NaN, recorded: false },
    };
  }
  if (recorded === undefined) {
    throw new Error(
      `${row.id}: expected torch or a recorded rate, got neither; set FLOATPATH_PYTHON`,
    );
  }
  const rate = { samples: recorded.perSecond, seconds: 1 };
  return { measure: () => Promise.resolve(rate), torch: { ...recorded, recorded: true } };
}

/** The runner calls each function once more than it is told to. */
const measured = new Set<string>();

describe('the table of benchmarks', () => {
  for (const row of wanted) {
    bench(
      row.what,
      async () => {
        if (measured.has(row.id)) return;
        measured.add(row.id);
        const { measure, torch } = torchSide(row);
        const sides = await row.open(measure);
        const ratio = await alternate(sides.first, sides.second, row.rounds);
        await sides.close();
        const result = measuredRow(row, ratio, torch);
        const all = writeRows(order, result);
        writeFileSync(page, benchmarksPage(all, made));
        const against =
          torch === undefined ? '' : torch.recorded ? ' (torch: recorded)' : ' (torch)';
        process.stdout.write(
          `${row.id}: ${result.ratio.median} [${result.ratio.least} to ${result.ratio.most}], goal ${row.sense} ${row.goal}${result.reached ? '' : ', NOT REACHED'}${against}\n`,
        );
      },
      { iterations: 1, time: 0, warmupIterations: 0, warmupTime: 0, throws: true },
    );
  }
});
