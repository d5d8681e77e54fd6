import { existsSync, lstatSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import {
  calibrateModel,
  calibratePasses,
  calibrationLines,
  requireLabels,
  requirePixels,
  secondsPerPassOf,
  smoothableModel,
  type CalibrateRequest,
} from '@floatpath/audit';
import { FloatpathError } from '@floatpath/core';
import { loadEngine, writeFilesAtomically } from '@floatpath/node';
import { writeCalibration } from '@floatpath/sc-rfp';
import { integerGaussian } from '@floatpath/smoothing';
import { announce } from './announce.js';
import type { Io } from './io.js';
import { loadData } from './load-data.js';
import { readModelFile } from './load-models.js';
import { preprocessingOf, required, type ScRfpFlags } from './sc-rfp-options.js';
import { createProgressLines, linesText } from './terminal.js';

/** What the person wrote, flag by flag. */
export interface CalibrateFlags extends ScRfpFlags {
  readonly sigma?: number;
  readonly anchor: CalibrateRequest['anchor'];
  readonly form: CalibrateRequest['form'];
  readonly denoiser: CalibrateRequest['denoiser'];
  readonly draws: number;
  readonly heldOut: number;
  readonly kappa: readonly number[];
  readonly lambda: readonly number[];
  readonly n0: number;
  readonly n: number;
  readonly alpha: number;
  readonly seed: number;
  readonly out: string;
}

/** Refuses to write over a file unless it may, and over anything else in any case. */
export function requireFree(command: string, out: string, force: true | undefined): void {
  if (!existsSync(out)) return;
  const isFile = lstatSync(out).isFile();
  if (isFile && force === true) return;
  if (!isFile) {
    throw new FloatpathError(
      'output-not-writable',
      `${command}: expected a file or nothing at ${out}, got a device, link or folder; choose another name`,
    );
  }
  throw new FloatpathError(
    'output-exists',
    `${command}: expected no file at ${out}, got one; choose another name or give --force`,
  );
}

/** Writes `files` side by side, whole or not at all. */
export async function writeBeside(
  out: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  await writeFilesAtomically(dirname(resolve(out)), files, { force: true });
}

/** Calibrates, writes the file and says what is in it. */
export async function runCalibrate(file: string, flags: CalibrateFlags, io: Io): Promise<void> {
  const { out, bounds, kappa: kappas, lambda: lambdas } = flags;
  const sigma = required('calibrate', flags.sigma, '--sigma');
  const spec = required('calibrate', flags.data, '--data');
  requireFree('calibrate', out, flags.force);
  const model = await readModelFile(file);
  const data = await loadData(spec, flags);
  requirePixels(data, bounds, 'calibrate');
  const { engine } = await loadEngine(flags.engine);
  const ready = await smoothableModel(model, data, preprocessingOf(flags), engine);
  requireLabels(data, ready.classes, 'calibrate');
  const noise = integerGaussian({ sigma, bounds });
  const request = { ...flags, noise, kappas, lambdas };
  const timed = { batchSize: flags.batchSize, clock: io.clock, noise, bounds };
  const pass = await secondsPerPassOf(engine, ready.network, ready.images, timed);
  const intention = {
    command: 'calibrate',
    resumable: false,
    steps: [
      `measure the units of ${model.name} at sigma ${sigma} on ${data.name}, ${flags.draws} draws each`,
      `for the ${flags.anchor} anchor, settings chosen on ${flags.heldOut} of the images`,
    ],
    writes: [out],
    ...{ seconds: pass * calibratePasses(data.ids.length, request), engine: engine.name },
  };
  if (announce(intention, flags, io)) return;
  const progress = createProgressLines(io, flags.quiet === true);
  const calibration = await calibrateModel(
    engine,
    ready,
    { images: ready.images, labels: data.labels, ids: data.ids },
    request,
    { signal: io.signal, onProgress: progress.show },
  );
  progress.end();
  await writeBeside(out, { [basename(out)]: writeCalibration(calibration) });
  const { choices, images, draws } = calibration;
  io.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ out: basename(out), sigma, images, draws, choices })}\n`
      : linesText([data.name, ...calibrationLines(calibration)]),
  );
}
