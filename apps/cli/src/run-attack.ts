import { existsSync } from 'node:fs';
import { basename, dirname, join, parse, resolve } from 'node:path';
import {
  attackCost,
  attackPasses,
  attackImages,
  attackLines,
  attackTargets,
  ledgersAt,
  requestedAttacks,
  secondsPerPass,
  targetableImages,
  type AttackRequest,
} from '@floatpath/audit';
import { attackTable, mergeLedgers, type AttackLedger, type AttackName } from '@floatpath/attacks';
import { FloatpathError, type Classifier, type Float32Tensor, type Norm } from '@floatpath/core';
import { writeFilesAtomically } from '@floatpath/node';
import { announce } from './announce.js';
import { attackArchive } from './attack-archive.js';
import { openAttackJournal } from './attack-journal.js';
import type { Io } from './io.js';
import { loadData } from './load-data.js';
import { openSubject } from './open-subject.js';
import { createProgressLines, linesText, printable } from './terminal.js';
import type { SharedFlags } from './shared-flags.js';
import { targetRule, type TargetsArgument } from './target-rule.js';

/** What the person wrote, flag by flag. */
export interface AttackFlags extends SharedFlags {
  readonly secretHeader?: Readonly<Record<string, string>>;
  readonly force?: true;
  readonly quiet?: true;
  readonly norm?: Norm;
  readonly epsilon?: readonly number[];
  readonly attack: readonly AttackName[];
  readonly targeted?: true;
  readonly targets?: TargetsArgument;
  readonly queries?: number;
  readonly onGrid?: true;
  readonly seed: number;
  readonly out: string;
  readonly resume?: true;
  readonly dryRun?: true;
}

function required<T>(value: T | undefined, flag: string): T {
  if (value !== undefined) return value;
  throw new FloatpathError('invalid-argument', `attack: expected ${flag}, got none; give it`);
}

/** `adv.npz`, and with several radii `adv-0.03.npz` for each. */
function outputNames({ out }: AttackFlags, { epsilons }: AttackRequest): readonly string[] {
  if (epsilons.length === 1) return [out];
  const { dir, name, ext } = parse(out);
  const short = epsilons.map((epsilon) => Number(epsilon.toPrecision(6)));
  const told = new Set(short).size === epsilons.length ? short : epsilons;
  return told.map((epsilon) => join(dir, `${name}-${epsilon}${ext}`));
}

async function requestOf(flags: AttackFlags): Promise<AttackRequest> {
  const targets = flags.targets ?? (flags.targeted === true ? 'next' : undefined);
  const epsilons = [...new Set(required(flags.epsilon, '--epsilon'))].sort((a, b) => a - b);
  return {
    attacks: flags.attack,
    norm: required(flags.norm, '--norm'),
    epsilons,
    ...(targets !== undefined && { targets: await targetRule(targets) }),
    ...(flags.queries !== undefined && { queries: flags.queries }),
    onGrid: flags.onGrid === true,
    seed: flags.seed,
    batchSize: flags.batchSize,
  };
}

function requireAbsent(files: readonly string[], { force }: AttackFlags): void {
  const there = files.find((file) => existsSync(file));
  if (there === undefined || force === true) return;
  throw new FloatpathError(
    'output-exists',
    `attack: expected no file at ${there}, got one; choose another --out or give --force`,
  );
}

/** Attacks, keeps every finished part on disk, writes the rows and prints the table of every radius. */
export async function runAttack(model: string, flags: AttackFlags, io: Io): Promise<void> {
  const request = await requestOf(flags);
  const data = await loadData(required(flags.data, '--data'), flags);
  await using open = await openSubject(model, data.images, flags, io);
  const { hash, classifier } = open.subject;
  const all = { images: open.images, labels: data.labels, ids: data.ids };
  const images = targetableImages(all, request.targets, classifier.classes);
  const left = data.ids.length - images.ids.length;
  const names = requestedAttacks(request, classifier.classes, images).map(
    ({ attack }) => attack.name,
  );
  const files = outputNames(flags, request);
  requireAbsent(files, flags);
  const { seconds, words } = await costOf(request, classifier, images.images, io);
  const leftOut =
    left === 0
      ? []
      : [`${left} images of class ${String(request.targets)}, the target, are left out`];
  const steps = [`attack ${open.subject.name} on ${data.name}`, ...leftOut, ...names, words];
  const intention = {
    command: 'attack',
    resumable: true,
    steps,
    writes: files,
    seconds,
    engine: open.engine,
  };
  if (announce(intention, flags, io)) return;
  const { out } = flags;
  const { norm, epsilons, seed, batchSize, targets: rule = null } = request;
  const settings = { model: hash, data: data.name, norm, epsilons, seed, targets: rule, names };
  const header = { ...settings, ids: Array.from(images.ids) };
  await using journal = await openAttackJournal(`${out}.partial`, header, {
    resume: flags.resume === true,
  });
  const progress = createProgressLines(io, flags.quiet === true);
  const finished: AttackLedger[] = [...journal.parts];
  const targets =
    rule === null ? undefined : await attackTargets(classifier, images, rule, { batchSize, seed });
  const options = { signal: io.signal, onProgress: progress.show, finished: journal.parts };
  try {
    for await (const part of attackImages(classifier, images, request, options)) {
      await journal.append(part);
      finished.push(part);
    }
  } catch (error) {
    progress.end();
    if (finished.length > 0) {
      io.stderr.write(
        `floatpath: finished images are kept in ${printable(out)}.partial; --resume goes on\n`,
      );
    }
    throw error;
  }
  const ledgers = epsilons.map((_, at) => mergeLedgers(ledgersAt(request, at, finished)));
  for (const [at, ledger] of ledgers.entries()) {
    const threat = { norm, epsilon: epsilons[at] as number };
    const archive = attackArchive(images, ledger, { ...threat, ...(targets && { targets }) });
    const [folder, name] = [dirname(resolve(files[at] as string)), basename(files[at] as string)];
    await writeFilesAtomically(folder, { [name]: archive }, { force: true });
  }
  await journal.remove();
  const tables = ledgers.map((ledger, at) => ({
    epsilon: epsilons[at] as number,
    table: attackTable(ledger, images.ids),
    warnings: ledger.result.warnings,
  }));
  const lines = ledgers.flatMap((ledger, at) => [
    ...(at > 0 ? [''] : []),
    ...attackLines(ledger, images.ids, { norm, seed, epsilon: epsilons[at] as number }),
  ]);
  io.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ settings, tables })}\n`
      : linesText([data.name, ...leftOut, ...lines]),
  );
}

/** What the attacks cost at most. Rows that break early cost less. */
async function costOf(
  request: AttackRequest,
  classifier: Classifier,
  images: Float32Tensor,
  { clock }: Io,
): Promise<{ readonly seconds: number; readonly words: string }> {
  const count = images.shape[0] ?? 0;
  const { forward, backward } = attackCost(request, classifier.classes, count);
  const pass = await secondsPerPass(classifier, images, { batchSize: request.batchSize, clock });
  return {
    seconds: pass * attackPasses(request, classifier.classes, count),
    words: `at most ${backward} gradients and ${forward} forward rows; rows that break early cost less`,
  };
}
