import { basename, dirname, resolve } from 'node:path';
import {
  attackCost,
  attackImages,
  attackLines,
  requestedAttacks,
  smoothableModel,
  type AttackRequest,
} from '@floatpath/audit';
import { attackTable, mergeLedgers, type AttackLedger, type AttackName } from '@floatpath/attacks';
import {
  float64Tensor,
  FloatpathError,
  int64Tensor,
  boolTensor,
  rowsOf,
  type Classifier,
  type Float32Tensor,
  type Norm,
} from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import { writeNpz } from '@floatpath/model-io/datasets';
import { loadEngine, writeFilesAtomically } from '@floatpath/node';
import { existsSync } from 'node:fs';
import { openAttackJournal } from './attack-journal.js';
import type { Io } from './io.js';
import { loadData } from './load-data.js';
import { readModelFile } from './load-models.js';
import { createProgressLines, duration } from './terminal.js';
import type { SharedFlags } from './shared-flags.js';

/** What the person wrote, flag by flag. */
export interface AttackFlags extends SharedFlags {
  readonly force?: true;
  readonly quiet?: true;
  readonly norm?: Norm;
  readonly epsilon?: number;
  readonly attack: readonly AttackName[];
  readonly targeted?: true;
  readonly seed: number;
  readonly out: string;
  readonly resume?: true;
  readonly dryRun?: true;
}

/** Codes of norms in files. */
export const normCodes: readonly Norm[] = ['linf', 'l2', 'l1'];

function required<T>(value: T | undefined, flag: string): T {
  if (value !== undefined) return value;
  throw new FloatpathError('invalid-argument', `attack: expected ${flag}, got none; give it`);
}

/** Attacks, keeps every finished part on disk, writes the rows and prints the table. */
export async function runAttack(file: string, flags: AttackFlags, io: Io): Promise<void> {
  const { bounds, mean, std, layout, seed, batchSize, out } = flags;
  const request: AttackRequest = {
    attacks: flags.attack,
    norm: required(flags.norm, '--norm'),
    epsilon: required(flags.epsilon, '--epsilon'),
    targeted: flags.targeted === true,
    seed,
    batchSize,
  };
  const preprocessing = { bounds, layout, ...(mean && { mean }), ...(std && { std }) };
  const model = await readModelFile(file);
  const data = await loadData(required(flags.data, '--data'), flags);
  const { engine } = await loadEngine(flags.engine);
  const ready = await smoothableModel(model, data, preprocessing, engine);
  await using classifier = await createClassifier(engine, ready.network, { bounds });
  const names = requestedAttacks(request, ready.classes).map(({ attack }) => attack.name);
  const notice = await costLine(request, classifier, ready.images, io);
  if (flags.dryRun === true) {
    io.stdout.write(`${[...names, notice].join('\n')}\n`);
    return;
  }
  if (flags.quiet !== true) io.stderr.write(`${notice}\n`);
  if (existsSync(out) && flags.force !== true) {
    throw new FloatpathError(
      'output-exists',
      `attack: expected no file at ${out}, got one; choose another --out or give --force`,
    );
  }
  const { norm, epsilon, targeted } = request;
  const ids = Array.from(data.ids);
  const header = { model: ready.hash, data: data.name, ids, norm, epsilon, seed, targeted, names };
  await using journal = await openAttackJournal(`${out}.partial`, header, {
    resume: flags.resume === true,
  });
  const progress = createProgressLines(io, flags.quiet === true);
  const parts: AttackLedger[] = [...journal.parts];
  const images = { images: ready.images, labels: data.labels, ids: data.ids };
  const options = { signal: io.signal, onProgress: progress.show, finished: parts.length };
  try {
    for await (const part of attackImages(classifier, images, request, options)) {
      await journal.append(part);
      parts.push(part);
    }
  } catch (error) {
    progress.end();
    if (parts.length > 0) {
      io.stderr.write(`floatpath: finished images are kept in ${out}.partial; --resume goes on\n`);
    }
    throw error;
  }
  const ledger = mergeLedgers(parts);
  const archive = archiveOf(ready.images, data, ledger, request);
  const folder = dirname(resolve(out));
  await writeFilesAtomically(folder, { [basename(out)]: archive }, { force: true });
  await journal.remove();
  io.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ settings: { ...header, ids: undefined }, table: attackTable(ledger, data.ids), warnings: ledger.result.warnings })}\n`
      : `${data.name}\n${attackLines(ledger, data.ids, request).join('\n')}\n`,
  );
}

/** What the attacks cost at most, and how long that takes at the speed of one batch. */
async function costLine(
  request: AttackRequest,
  classifier: Classifier,
  images: Float32Tensor,
  io: Io,
): Promise<string> {
  const count = images.shape[0] ?? 0;
  const { forward, backward } = attackCost(request, classifier.classes, count);
  const some = rowsOf(images, 0, Math.min(count, request.batchSize));
  await classifier.logits(some);
  const begun = io.clock();
  await classifier.logits(some);
  // A gradient costs about as much as two more forward passes.
  const seconds = ((io.clock() - begun) / 1000 / (some.shape[0] ?? 1)) * (forward + 2 * backward);
  return `at most ${backward} gradients and ${forward} forward rows, about ${duration(seconds)}; rows that break early cost less`;
}

function archiveOf(
  images: Float32Tensor,
  { labels, ids }: { readonly labels: Int32Array; readonly ids: Uint32Array },
  { result }: AttackLedger,
  { norm, epsilon }: AttackRequest,
): Uint8Array {
  const rows = [labels.length];
  const { adversarial } = result;
  return writeNpz({
    x: images,
    adversarial,
    y: int64Tensor(rows, Array.from(labels)),
    image: int64Tensor(rows, Array.from(ids)),
    predicted: int64Tensor(
      rows,
      result.rows.map(({ predicted }) => predicted),
    ),
    success: boolTensor(
      rows,
      result.rows.map(({ status }) => Number(status === 'success')),
    ),
    norm: int64Tensor([1], [normCodes.indexOf(norm)]),
    epsilon: float64Tensor([1], Float64Array.of(epsilon)),
  });
}
