import { basename } from 'node:path';
import { pathModel, regionLines, regionMap } from '@floatpath/audit';
import { regionFile, regionTable } from '@floatpath/audit/figures';
import { announce } from './announce.js';
import type { Io } from './io.js';
import { loadImages } from './load-data.js';
import { readModelFile } from './load-models.js';
import { requireFree, writeBeside } from './run-calibrate.js';
import { preprocessingOf, required, type ScRfpFlags } from './sc-rfp-options.js';
import { createProgressLines, linesText } from './terminal.js';

/** What the person wrote, flag by flag. */
export interface RegionsFlags extends ScRfpFlags {
  readonly plane?: readonly [number, number, number];
  readonly margin: number;
  readonly most: number;
  readonly out: string;
}

/** Cuts the plane, writes the picture and prints the counts. */
export async function runRegions(file: string, flags: RegionsFlags, io: Io): Promise<void> {
  const { margin, most, out } = flags;
  const spec = required('regions', flags.data, '--data');
  const plane = required('regions', flags.plane, '--plane');
  requireFree('regions', out, flags.force);
  const model = await readModelFile(file);
  const data = await loadImages(spec, flags);
  const { analysis, images, hash } = await pathModel(model, data.images, preprocessingOf(flags));
  const intention = {
    command: 'regions',
    resumable: false,
    steps: [
      `cut the plane through images ${plane.join(', ')} of ${data.name} along the kinks of ${model.name}`,
      `stop after ${most} regions`,
    ],
    writes: [out],
    // How many regions there are is what is asked.
    ...{ seconds: null, engine: 'float64 in this thread' },
  };
  if (announce(intention, flags, io)) return;
  io.signal.throwIfAborted();
  const progress = createProgressLines(io, flags.quiet === true);
  const map = await regionMap(
    analysis,
    { images, ids: data.ids },
    { plane, margin, most },
    { signal: io.signal, onProgress: progress.show },
  );
  progress.end();
  await writeBeside(out, { [basename(out)]: regionFile(map) });
  const { rows: labels } = regionTable(map);
  const document = {
    ...{ model: hash, data: data.name, plane, margin, out: basename(out) },
    regions: map.regions.length,
    complete: map.complete,
    reach: map.reach,
    switching: map.switching,
    labels: labels.map(([label]) => Number(label)),
  };
  io.stdout.write(
    flags.json === true
      ? `${JSON.stringify(document)}\n`
      : linesText([data.name, ...regionLines(map)]),
  );
}
