import { basename } from 'node:path';
import {
  FIXED_POINT_METHOD,
  certifyPasses,
  certificationJson,
  certificationLines,
  countedImages,
  countRight,
  countsChart,
  imageShard,
  requireLabels,
  requirePixels,
  secondsPerPass,
  type AuditData,
  type CountTarget,
  type Subject,
} from '@floatpath/audit';
import { curveFigure, figureFile } from '@floatpath/audit/figures';
import { defaults, fileSchema, FloatpathError, type Float32Tensor } from '@floatpath/core';
import { openCountsFile } from '@floatpath/node';
import {
  certificatesOf,
  certificationReport,
  dialects,
  logRowOf,
  noiseOf,
  writeLog,
  type Counts,
  type CountsHeader,
  type CountsRow,
  type NoiseKind,
} from '@floatpath/smoothing';
import { announce } from './announce.js';
import { certifyRequest, type CertifyFlags, type CertifyRequest } from './certify-options.js';
import { countAll } from './count-all.js';
import { countByQueue, requireQueueable } from './count-by-queue.js';
import { defaultRadii } from './default-radii.js';
import { exitCodeOf } from './errors.js';
import type { Io } from './io.js';
import { loadData } from './load-data.js';
import { openRepressed } from './open-repressed.js';
import { openSubject, type OpenSubject } from './open-subject.js';
import { writeBeside } from './run-calibrate.js';
import { createProgressLines, linesText, printable } from './terminal.js';
import { readVersion } from './version.js';

function headerOf(
  { name, hash, classifier }: Subject,
  data: AuditData,
  request: CertifyRequest,
  flags: CertifyFlags,
  { engine, target }: { readonly engine: string; readonly target: CountTarget | null },
): CountsHeader {
  return {
    schema: fileSchema.counts,
    version: readVersion(),
    engine,
    model: { name, hash },
    method: target?.method ?? (flags.firstLayer === 'fixed-point' ? FIXED_POINT_METHOD : 'plain'),
    guarantee: target?.guarantee ?? 'unconditional',
    preprocessing: request.preprocessing,
    data: data.name,
    classes: classifier.classes,
    noise: { kind: flags.noise, sigma: request.sigma } as CountsHeader['noise'],
    norm: request.norm,
    sharing: flags.noiseSharing,
    seed: flags.seed,
    plan: request.plan,
  };
}

function requireSkill(name: string, right: number, images: number, classes: number): void {
  const chance = 1 / classes;
  const least = Math.ceil((chance + defaults.minimumSkill * (1 - chance)) * images);
  if (right >= least) return;
  throw new FloatpathError(
    'inaccurate-model',
    `certify: expected ${name} to be right on at least ${least} of ${images} images, got ${right}; give the preprocessing that it was trained with (--mean, --std, --bounds, --layout), or --allow-inaccurate to go on`,
  );
}

async function writeTsv(path: string, counts: Counts, size: number): Promise<void> {
  const [locuslab] = dialects;
  const rows = certificatesOf(counts, { size }).images.flatMap(({ image, label, certificate }) =>
    label === null ? [] : [logRowOf({ index: image, label, certificate })],
  );
  const text = writeLog({ dialect: locuslab as NonNullable<typeof locuslab>, rows });
  await writeBeside(path, { [basename(path)]: text });
}

/** What a run does, step by step. */
function stepsOf(header: CountsHeader, images: number): readonly string[] {
  const { model, data, noise, plan, method } = header;
  return [
    `count labels of ${model.name} (${method}) under ${noise.kind} noise, sigma ${noise.sigma}`,
    `on ${images} images of ${data}`,
    plan === null
      ? 'with every offset of the splitting'
      : `with ${plan.n0} + ${plan.n} draws each${plan.stopping.kind === 'fixed' ? '' : ' at most'}, alpha ${plan.alpha}`,
  ];
}

/** Null where others do the work, and for splitting noise. */
async function secondsToCertify(
  { subject, loaded }: OpenSubject,
  { images, ids }: { readonly images: Float32Tensor; readonly ids: Uint32Array },
  { plan, noise, preprocessing, method }: CountsHeader,
  { redis, workers, batchSize }: CertifyFlags,
  { clock }: Io,
): Promise<number | null> {
  if (loaded === undefined || redis !== undefined || plan === null || ids.length === 0) return null;
  const drawn = noiseOf(noise as { kind: NoiseKind; sigma: number }, preprocessing.bounds);
  const timed = { batchSize, clock, noise: drawn };
  const passes = certifyPasses(ids.length, plan, !method.startsWith('plain'));
  const threads = Math.min(workers, ids.length);
  return (passes * (await secondsPerPass(subject.classifier, images, timed))) / threads;
}

/**
 * Counts into the file, image by image, and prints what the counts certify. What is on the disk stays there when the run
 * fails or is interrupted.
 */
export async function runCertify(file: string, flags: CertifyFlags, io: Io): Promise<void> {
  const request = certifyRequest(flags);
  const data = await loadData(request.data, flags);
  requirePixels(data, request.preprocessing.bounds, 'certify');
  await using open = await openSubject(file, data.images, flags, io);
  const { subject } = open;
  const { name, classifier } = subject;
  requireLabels(data, classifier.classes, 'certify');
  if (!flags.allowInaccurate) {
    const right = await countRight(classifier, open.images, data.labels);
    requireSkill(name, right, data.labels.length, classifier.classes);
  }
  await using target = await openRepressed(open, open.images, request, flags);
  const { engine } = open;
  const header = headerOf(subject, data, request, flags, { engine, target });
  const images = imageShard({ ...data, images: open.images }, request.shard);
  if (flags.redis !== undefined) requireQueueable(open, header);
  const intention = {
    command: 'certify',
    resumable: true,
    steps: stepsOf(header, images.ids.length),
    writes: [flags.out, flags.tsv, flags.svg].filter((path) => path !== undefined),
    ...{ seconds: await secondsToCertify(open, images, header, flags, io), engine },
  };
  if (announce(intention, flags, io)) return;
  await using counts = await openCountsFile(flags.out, header, { resume: flags.resume === true });
  const done = countedImages(header, counts.rows);
  if (!flags.quiet && counts.damagedLine !== undefined) {
    io.stderr.write(
      `floatpath: line ${counts.damagedLine} was damaged; it and what follows is drawn again\n`,
    );
  }
  const progress = createProgressLines(io, flags.quiet === true);
  const rows: CountsRow[] = [...counts.rows];
  try {
    const options = { ...flags, done, signal: io.signal, onProgress: progress.show };
    const drawn =
      flags.redis === undefined
        ? countAll({ ...open, target }, images, header, options)
        : countByQueue(flags.redis, open, images, header, options, io);
    for await (const more of drawn) {
      await counts.append(more);
      rows.push(...more);
    }
  } catch (error) {
    progress.end();
    if (exitCodeOf(error) !== 2) {
      io.stderr.write(
        `floatpath: ${countedImages(header, rows).size} of ${images.ids.length} images are kept in ${printable(flags.out)}.partial; --resume goes on\n`,
      );
    }
    throw error;
  }
  await counts.finish();
  const size = open.images.data.length / data.ids.length;
  if (flags.tsv !== undefined) await writeTsv(flags.tsv, { header, rows }, size);
  const radii = request.radii ?? defaultRadii(request.sigma, 8, { norm: header.norm, size });
  const report = certificationReport({ header, rows }, { radii, size });
  if (flags.svg !== undefined) {
    const chart = countsChart([{ name, counts: { header, rows } }], { size });
    await writeBeside(flags.svg, { [basename(flags.svg)]: figureFile(curveFigure(chart)) });
  }
  io.stdout.write(
    flags.json
      ? `${JSON.stringify(certificationJson(header, report))}\n`
      : linesText(certificationLines(header, report)),
  );
}
