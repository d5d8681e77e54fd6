import { basename } from 'node:path';
import { replayModel, replayPasses, secondsPerPassOf, smoothableModel } from '@floatpath/audit';
import { float32Tensor, FloatpathError, type Float32Tensor } from '@floatpath/core';
import { readNpz } from '@floatpath/model-io/datasets';
import { loadEngine, readInputFile } from '@floatpath/node';
import {
  FRESH_DRAWS,
  readRefutations,
  REFUTATION_LEVEL,
  type RefutationFile,
} from '@floatpath/sc-rfp';
import { integerGaussian } from '@floatpath/smoothing';
import { announce } from './announce.js';
import { aboutAsync } from './errors.js';
import type { Io } from './io.js';
import { readCalibrationFile, readModelFile } from './load-models.js';
import { NegativeAnswer } from './negative-answer.js';
import type { RefuteFlags } from './run-refute.js';
import { anchorRequest, preprocessingOf, required } from './sc-rfp-options.js';
import { linesText } from './terminal.js';

/** Reads counterexamples and the record beside them. */
async function readCounterexamples(archive: string): Promise<RefutationFile> {
  const arrays = readNpz(await readInputFile(archive));
  const record = new TextDecoder().decode(await readInputFile(`${archive}.json`));
  const array = (name: string): Float32Tensor => {
    const found = arrays.get(name);
    if (found?.dtype === 'float32') return float32Tensor(found.shape, found.data);
    throw new FloatpathError(
      'invalid-data',
      `expected an array ${name} of type float32, got ${found?.dtype ?? 'none'}; name the .npz that floatpath refute wrote`,
    );
  };
  return readRefutations(record, { x: array('x'), adversarial: array('adversarial') });
}

/** Asks again at every counterexample, and says at how many the label is another one. */
export async function runReplay(
  model: string,
  archive: string,
  flags: RefuteFlags,
  io: Io,
): Promise<void> {
  const { bounds, seed, batchSize } = flags;
  const sigma = required('refute', flags.sigma, '--sigma');
  const repressed = anchorRequest(flags);
  const file = await aboutAsync(archive, () => readCounterexamples(archive));
  const calibration =
    flags.calibration === undefined ? undefined : await readCalibrationFile(flags.calibration);
  const read = await readModelFile(model);
  const { engine } = await loadEngine(flags.engine);
  const { record, x } = file;
  if (record.rows.length === 0) {
    throw new FloatpathError(
      'invalid-data',
      `refute: expected counterexamples in ${archive}, got none: that search broke none of ${record.verdict.claims} claims`,
    );
  }
  const labels = Int32Array.from(record.rows, ({ label }) => label);
  const ready = await smoothableModel(read, { images: x, labels }, preprocessingOf(flags), engine);
  const noise = integerGaussian({ sigma, bounds });
  const timed = { batchSize, clock: io.clock, noise, bounds };
  const pass = await secondsPerPassOf(engine, ready.network, ready.images, timed);
  const intention = {
    command: 'refute',
    resumable: false,
    steps: [
      `ask ${read.name} again at ${labels.length} counterexamples of ${basename(archive)}, with ${FRESH_DRAWS * record.n} draws each`,
    ],
    writes: [],
    ...{
      seconds: pass * replayPasses(labels.length, record.n, repressed?.anchor),
      engine: engine.name,
    },
  };
  if (announce(intention, flags, io)) return;
  const { again, lines } = await replayModel(
    engine,
    ready,
    file,
    // The claims have the first seed and the search the next one.
    { noise, seed: seed + 2, batchSize, ...(repressed && { repressed }) },
    calibration,
    { signal: io.signal },
  );
  const { guarantee, arithmetic, target, n } = record;
  io.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ target, guarantee, arithmetic, draws: FRESH_DRAWS * n, level: REFUTATION_LEVEL, seed: seed + 2, again })}\n`
      : linesText(lines),
  );
  if (!again.every(Boolean)) throw new NegativeAnswer();
}
