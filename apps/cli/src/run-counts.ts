import { basename } from 'node:path';
import { comparisonLines, countsChart, logCheckLines } from '@floatpath/audit';
import { curveFigure, figureFile } from '@floatpath/audit/figures';
import { FloatpathError } from '@floatpath/core';
import { readInputFile } from '@floatpath/node';
import {
  checkLog,
  compareCounts,
  mergeCounts,
  readLog,
  readWholeCounts,
  writeCounts,
  type Counts,
} from '@floatpath/smoothing';
import { defaultRadii } from './default-radii.js';
import { about } from './errors.js';
import type { Io } from './io.js';
import { NegativeAnswer } from './negative-answer.js';
import { writeBeside } from './run-calibrate.js';
import { linesText, printable } from './terminal.js';

export interface MergeFlags {
  readonly out: string;
  readonly allowMixedEngines?: true;
  readonly json?: true;
}

export interface CompareFlags {
  readonly radii?: readonly number[];
  readonly alpha: number;
  readonly seed: number;
  readonly size?: number;
  readonly svg?: string;
  readonly json?: true;
}

export interface LogFlags {
  readonly sigma?: number;
  readonly n?: number;
  readonly alpha?: number;
  readonly json?: true;
}

async function readCountsFile(file: string): Promise<Counts> {
  const text = Buffer.from(await readInputFile(file)).toString('latin1');
  return about(file, () => readWholeCounts(text));
}

export async function runMerge(files: readonly string[], flags: MergeFlags, io: Io): Promise<void> {
  const counts = await Promise.all(files.map(readCountsFile));
  const allowMixedEngines = flags.allowMixedEngines === true;
  const merged = mergeCounts(counts, { allowMixedEngines });
  await writeBeside(flags.out, { [basename(flags.out)]: writeCounts(merged) });
  const images = new Set(merged.rows.map(({ image }) => image)).size;
  io.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ out: flags.out, images, files: files.length })}\n`
      : `${images} images of ${files.length} files in ${printable(flags.out)}\n`,
  );
}

export async function runCompare(
  first: string,
  second: string,
  flags: CompareFlags,
  io: Io,
): Promise<void> {
  const [a, b] = await Promise.all([readCountsFile(first), readCountsFile(second)]);
  const { noise, norm } = a.header;
  const radii = flags.radii ?? defaultRadii(noise.sigma, 6, { norm, size: flags.size ?? 1 });
  const { seed, alpha } = flags;
  const size = flags.size === undefined ? {} : { size: flags.size };
  const comparison = compareCounts(a, b, { radii, seed, confidence: 1 - alpha, ...size });
  if (flags.svg !== undefined) {
    const named = (letter: string, counts: Counts) => ({
      name: `${letter} ${counts.header.model.name}`,
      counts,
    });
    const chart = countsChart([named('A', a), named('B', b)], size);
    await writeBeside(flags.svg, { [basename(flags.svg)]: figureFile(curveFigure(chart)) });
  }
  io.stdout.write(
    flags.json
      ? `${JSON.stringify(comparison)}\n`
      : linesText(comparisonLines(a.header, b.header, comparison)),
  );
}

/** @throws {NegativeAnswer} if a row is impossible */
export async function runLogCheck(file: string, flags: LogFlags, io: Io): Promise<void> {
  const { sigma, n, alpha } = flags;
  if (sigma === undefined) {
    throw new FloatpathError(
      'invalid-argument',
      'log check: expected --sigma, got none; give the standard deviation of the noise of the log such as --sigma 0.25',
    );
  }
  if ((n === undefined) !== (alpha === undefined)) {
    throw new FloatpathError(
      'invalid-argument',
      'log check: expected --n and --alpha together, got one of them; leave both out to have them fitted',
    );
  }
  const text = new TextDecoder().decode(await readInputFile(file));
  const log = about(file, () => readLog(text));
  const given = n === undefined || alpha === undefined ? {} : { n, alpha };
  const check = checkLog(log, { sigma, ...given });
  io.stdout.write(
    flags.json ? `${JSON.stringify(check)}\n` : linesText(logCheckLines(check, log.dialect.name)),
  );
  if (check.impossible.length > 0) throw new NegativeAnswer();
}
