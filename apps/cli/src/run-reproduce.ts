import { basename } from 'node:path';
import {
  REPRODUCED_SIGMA,
  reproduce,
  reproducePasses,
  reproductionLines,
  reproductionPage,
  reproductionSizes,
  secondsPerPassOf,
  smoothableModel,
  type AuditData,
  type AuditModel,
  type ReproductionSizeName,
} from '@floatpath/audit';
import { defaultPreprocessing, type Engine } from '@floatpath/core';
import { loadEngine } from '@floatpath/node';
import { integerGaussian } from '@floatpath/smoothing';
import { announce } from './announce.js';
import type { Io } from './io.js';
import { loadData } from './load-data.js';
import { loadBundledModels } from './load-models.js';
import { mnistAtHand } from './mnist-files.js';
import { requireFree, writeBeside } from './run-calibrate.js';
import type { SharedFlags } from './shared-flags.js';
import { createProgressLines, linesText } from './terminal.js';
import { readVersion } from './version.js';

/** What the person wrote, flag by flag. */
export interface ReproduceFlags extends Pick<SharedFlags, 'engine' | 'batchSize' | 'json'> {
  readonly size: ReproductionSizeName;
  readonly seed: number;
  readonly page?: string;
  readonly dryRun?: true;
  readonly quiet?: true;
  readonly force?: true;
}

/** Runs the paper's experiment on the bundled networks and prints its tables. */
export async function runReproduce(flags: ReproduceFlags, io: Io): Promise<void> {
  const { size, seed, page, batchSize } = flags;
  if (page !== undefined) requireFree('reproduce', page, flags.force);
  const { engine, notice } = await loadEngine(flags.engine);
  if (notice !== undefined) io.stderr.write(`floatpath: ${notice}\n`);
  const models = await loadBundledModels(REPRODUCED_SIGMA, defaultPreprocessing);
  const data = await loadData(
    { kind: 'mnist', part: mnistAtHand() },
    { limit: reproductionSizes[size].images, skip: 0, every: 1 },
  );
  const intention = {
    command: 'reproduce',
    resumable: false,
    steps: [
      `run the paper's experiment on ${models.length} networks and ${data.name}, seed ${seed}`,
    ],
    writes: page === undefined ? [] : [page],
    ...{ seconds: await secondsToReproduce(models, data, engine, flags, io), engine: engine.name },
  };
  if (announce(intention, flags, io)) return;
  const progress = createProgressLines(io, flags.quiet === true);
  const host = {
    engine,
    version: readVersion(),
    signal: io.signal,
    onProgress: progress.show,
  };
  const found = await reproduce(models, data, { size, seed, batchSize }, host);
  progress.end();
  if (page !== undefined) {
    const command = `floatpath reproduce --size ${size} --seed ${seed} --page ${basename(page)}`;
    await writeBeside(page, { [basename(page)]: reproductionPage(found, command) });
  }
  io.stdout.write(
    flags.json === true ? `${JSON.stringify(found)}\n` : linesText(reproductionLines(found)),
  );
}

async function secondsToReproduce(
  models: readonly AuditModel[],
  data: AuditData,
  engine: Engine,
  { size, batchSize }: ReproduceFlags,
  { clock }: Io,
): Promise<number> {
  const { bounds } = defaultPreprocessing;
  const noise = integerGaussian({ sigma: REPRODUCED_SIGMA, bounds });
  const timed = { bounds, noise, batchSize, clock };
  let seconds = 0;
  for (const { model } of models) {
    const ready = await smoothableModel(model, data, defaultPreprocessing, engine);
    const pass = await secondsPerPassOf(engine, ready.network, ready.images, timed);
    seconds += reproducePasses(size) * pass;
  }
  return seconds;
}
