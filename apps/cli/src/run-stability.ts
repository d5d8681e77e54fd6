import { basename } from 'node:path';
import {
  estimateByParts,
  pathModel,
  stabilityLines,
  stabilityRows,
  stabilityTotals,
  type StabilityEvidence,
  type StabilityRow,
} from '@floatpath/audit';
import type { Norm, RunOptions } from '@floatpath/core';
import { loadEngine } from '@floatpath/node';
import { announce } from './announce.js';
import type { Io } from './io.js';
import { loadImages } from './load-data.js';
import { readModelFile } from './load-models.js';
import { requireFree, writeBeside } from './run-calibrate.js';
import { preprocessingOf, required, type ScRfpFlags } from './sc-rfp-options.js';
import { createProgressLines, linesText } from './terminal.js';

export const evidenceNames = ['sampled', 'proved', 'interval', 'crown', 'alpha-crown'] as const;
export type EvidenceName = (typeof evidenceNames)[number];

/** What the person wrote, flag by flag. */
export interface StabilityFlags extends ScRfpFlags {
  readonly norm: Norm;
  readonly epsilon?: readonly number[];
  readonly evidence: readonly EvidenceName[];
  readonly draws: number;
  readonly alpha: number;
  readonly seed: number;
  readonly out?: string;
}

/** Proves and samples around every image, prints the bracket per layer and keeps every ball's where asked. */
export async function runStability(file: string, flags: StabilityFlags, io: Io): Promise<void> {
  const { norm, bounds, draws, alpha, seed, batchSize, out } = flags;
  const spec = required('stability', flags.data, '--data');
  const epsilons = [...new Set(required('stability', flags.epsilon, '--epsilon'))].sort(
    (a, b) => a - b,
  );
  const evidence = [
    ...new Set(
      flags.evidence.map((name): StabilityEvidence => (name === 'proved' ? 'crown' : name)),
    ),
  ];
  if (out !== undefined) requireFree('stability', out, flags.force);
  const model = await readModelFile(file);
  const data = await loadImages(spec, flags);
  const { analysis, images, hash } = await pathModel(model, data.images, preprocessingOf(flags));
  const { engine } = await loadEngine(flags.engine);
  const request = { norm, epsilons, bounds, evidence, draws, alpha, seed, batchSize };
  const around = async (options: RunOptions): Promise<StabilityRow[]> => {
    const rows: StabilityRow[] = [];
    const source = { images, ids: data.ids };
    for await (const row of stabilityRows(engine, analysis, source, request, options))
      rows.push(row);
    return rows;
  };
  const balls = data.ids.length * epsilons.length;
  const one = (options: RunOptions): Promise<unknown> => around({ ...options, signal: io.signal });
  const intention = {
    command: 'stability',
    resumable: false,
    steps: [
      `bracket the fixed neurons of ${model.name} on ${balls} balls of ${data.name}`,
      `${norm} <= ${epsilons.join(', ')} by ${evidence.join(', ')}`,
    ],
    writes: out === undefined ? [] : [out],
    ...{ seconds: await estimateByParts(balls, one, io.clock), engine: engine.name },
  };
  if (announce(intention, flags, io)) return;
  const progress = createProgressLines(io, flags.quiet === true);
  const rows = await around({ signal: io.signal, onProgress: progress.show });
  progress.end();
  const document = {
    ...{ model: hash, data: data.name, norm, bounds, evidence, alpha, seed },
    totals: stabilityTotals(rows),
    rows,
  };
  const text = `${JSON.stringify(document)}\n`;
  if (out !== undefined) await writeBeside(out, { [basename(out)]: text });
  io.stdout.write(
    flags.json === true ? text : linesText([data.name, ...stabilityLines(rows, request)]),
  );
}
