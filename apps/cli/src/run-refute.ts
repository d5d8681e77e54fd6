import { basename } from 'node:path';
import { pgd } from '@floatpath/attacks';
import {
  refuteModel,
  refutePasses,
  requireLabels,
  requirePixels,
  secondsPerPassOf,
  smoothableModel,
} from '@floatpath/audit';
import { writeNpz } from '@floatpath/model-io/datasets';
import { loadEngine } from '@floatpath/node';
import { FRESH_DRAWS } from '@floatpath/sc-rfp';
import { integerGaussian } from '@floatpath/smoothing';
import { announce } from './announce.js';
import type { Io } from './io.js';
import { loadData } from './load-data.js';
import { readCalibrationFile, readModelFile } from './load-models.js';
import { NegativeAnswer } from './negative-answer.js';
import { requireFree, writeBeside } from './run-calibrate.js';
import {
  anchorRequest,
  preprocessingOf,
  required,
  type AnchorFlags,
  type ScRfpFlags,
} from './sc-rfp-options.js';
import { createProgressLines, linesText } from './terminal.js';

/** What the person wrote, flag by flag. */
export interface RefuteFlags extends ScRfpFlags, AnchorFlags {
  readonly sigma?: number;
  readonly steps: number;
  readonly among: 'images' | 'all';
  readonly n0: number;
  readonly n: number;
  readonly alpha: number;
  readonly seed: number;
  readonly replay?: string;
  readonly out: string;
}

/** Claims, searches, keeps the counterexamples and prints how many claims are broken. */
export async function runRefute(file: string, flags: RefuteFlags, io: Io): Promise<void> {
  const { out, bounds, steps, among, n0, n, alpha, seed, batchSize } = flags;
  const sigma = required('refute', flags.sigma, '--sigma');
  const spec = required('refute', flags.data, '--data');
  const repressed = anchorRequest(flags);
  requireFree('refute', out, flags.force);
  const calibration =
    flags.calibration === undefined ? undefined : await readCalibrationFile(flags.calibration);
  const model = await readModelFile(file);
  const data = await loadData(spec, flags);
  requirePixels(data, bounds, 'refute');
  const { engine } = await loadEngine(flags.engine);
  const ready = await smoothableModel(model, data, preprocessingOf(flags), engine);
  requireLabels(data, ready.classes, 'refute');
  const noise = integerGaussian({ sigma, bounds });
  const timed = { batchSize, clock: io.clock, noise, bounds };
  const pass = await secondsPerPassOf(engine, ready.network, ready.images, timed);
  const passes = refutePasses(data.ids.length, { n0, n, ...(repressed && { repressed }) }, steps);
  const intention = {
    command: 'refute',
    resumable: false,
    steps: [
      `claim radii of ${model.name}, anchor ${flags.anchor}, at sigma ${sigma} on ${data.name} with ${n0} + ${n} draws`,
      `search inside every radius by ${steps} steps, and ask again there with ${FRESH_DRAWS * n} draws`,
    ],
    writes: [out, `${out}.json`],
    ...{ seconds: pass * passes, engine: engine.name },
  };
  if (announce(intention, flags, io)) return;
  const progress = createProgressLines(io, flags.quiet === true);
  const outcome = await refuteModel(
    engine,
    ready,
    { images: ready.images, labels: data.labels, ids: data.ids },
    {
      ...(repressed && { repressed }),
      noise,
      attack: pgd({ steps, relativeStep: 4 / steps, objective: 'margin', randomStart: false }),
      ...{ among, n0, n, alpha, seed, batchSize },
    },
    calibration,
    { signal: io.signal, onProgress: progress.show },
  );
  progress.end();
  const { record, x, adversarial } = outcome.file;
  const { verdict, guarantee, arithmetic } = outcome.result;
  await writeBeside(out, {
    [basename(out)]: writeNpz({ x, adversarial }),
    [`${basename(out)}.json`]: `${JSON.stringify(record, undefined, 1)}\n`,
  });
  io.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ guarantee, arithmetic, verdict, attack: record.attack })}\n`
      : linesText([data.name, ...outcome.lines]),
  );
  if (outcome.failed) throw new NegativeAnswer();
}
