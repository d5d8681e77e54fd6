import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import {
  checkRequest,
  explain,
  explainableModel,
  explainAttacks,
  explainPasses,
  explanationHtml,
  explanationJson,
  explanationLines,
  explanationTsv,
  givenAdversarial,
  readExplanation,
  requestedEvidence,
  secondsPerPassOf,
  type ExplainableModel,
  type ExplainOptions,
  type ExplainOutcome,
  type ExplainRequest,
} from '@floatpath/audit';
import type { AttackName } from '@floatpath/attacks';
import { exitCode, type Engine, type Norm } from '@floatpath/core';
import { readNpz } from '@floatpath/model-io/datasets';
import {
  checkOutputFolder,
  loadEngine,
  readInputFile,
  writeFilesAtomically,
  type OutputFolderOptions,
} from '@floatpath/node';
import { announce } from './announce.js';
import { about, exitCodeOf } from './errors.js';
import type { Io } from './io.js';
import { loadData } from './load-data.js';
import { readModelFile } from './load-models.js';
import { preprocessingOf, required } from './sc-rfp-options.js';
import type { SharedFlags } from './shared-flags.js';
import { createProgressLines, linesText, printable } from './terminal.js';
import { readVersion } from './version.js';

/** What the person wrote, flag by flag. */
export interface ExplainFlags extends SharedFlags {
  readonly norm?: Norm;
  readonly epsilon?: number;
  readonly attack: readonly AttackName[];
  readonly adversarial?: string;
  readonly neighborhood: 'segment' | 'ball';
  readonly evidence?: string;
  readonly seed: number;
  readonly out?: string;
  readonly allowInaccurate?: true;
  readonly images: boolean;
  readonly force?: true;
  readonly resume?: true;
  readonly timeout?: number;
  readonly dryRun?: true;
  readonly quiet?: true;
}

const DEFAULT_FOLDER = 'floatpath-explanation';
const files = ['explain.json', 'rows.tsv', 'ledger.tsv', 'report.html'] as const;

/** Explains, writes the files and prints the story. Finished images are kept when the run fails or is interrupted. */
export async function runExplain(file: string, flags: ExplainFlags, io: Io): Promise<void> {
  const spec = required('explain', flags.data, '--data');
  const request = requestOf(flags);
  const folder = flags.out ?? DEFAULT_FOLDER;
  const writing: OutputFolderOptions = {
    force: flags.force === true,
    replaceable: flags.out === undefined || flags.resume === true ? files : [],
  };
  await checkOutputFolder(folder, writing);
  const model = await readModelFile(file);
  const data = await loadData(spec, flags);
  const { engine, notice } = await loadEngine(flags.engine);
  if (notice !== undefined) io.stderr.write(`floatpath: ${notice}\n`);
  const allowInaccurate = flags.allowInaccurate === true;
  const { preprocessing } = request;
  const ready = await explainableModel(model, data, preprocessing, engine, { allowInaccurate });
  const given = await readGiven(flags.adversarial, data, ready, preprocessing.bounds);
  const page = join(folder, 'report.html');
  const intention = {
    command: 'explain',
    resumable: true,
    steps: stepsOf(ready, data.name, request, given?.name),
    writes: files.map((name) => join(folder, name)),
    ...{
      seconds: await secondsToExplain(engine, ready, request, given !== undefined, io),
      engine: engine.name,
    },
  };
  if (announce(intention, flags, io)) return;
  const resume = flags.resume === true ? await readEarlier(folder) : undefined;
  const progress = createProgressLines(io, flags.quiet === true);
  const write = (outcome: ExplainOutcome): Promise<void> =>
    writeFilesAtomically(folder, contentsOf(outcome), { ...writing, replaceable: files });
  let finished: (() => ExplainOutcome) | undefined;
  const options: ExplainOptions = {
    engine,
    precision: flags.engine === 'reference' ? 'float64' : 'float32',
    version: readVersion(),
    pictures: flags.images,
    signal: io.signal,
    onProgress: progress.show,
    onPart: (soFar) => void (finished = soFar),
    ...(resume && { resume }),
  };
  let outcome: ExplainOutcome;
  try {
    outcome = await explain(ready, data, request, given, options);
  } catch (error) {
    progress.end();
    if (finished !== undefined && exitCodeOf(error) !== exitCode.badInput) {
      await write(finished());
      io.stderr.write(
        `floatpath: finished images are kept in ${printable(join(folder, files[0]))}; the same command with --resume goes on\n`,
      );
    }
    throw error;
  }
  progress.end();
  await write(outcome);
  io.stdout.write(
    flags.json === true
      ? explanationJson(outcome.explanation)
      : linesText([...explanationLines(outcome.explanation), `Open ${page}`]),
  );
}

function requestOf(flags: ExplainFlags): ExplainRequest {
  const { norm, epsilon, attack, neighborhood, evidence, seed, batchSize, adversarial } = flags;
  const request: ExplainRequest = {
    ...(norm && { norm }),
    ...(epsilon !== undefined && { epsilon }),
    attacks: attack,
    neighborhood,
    ...requestedEvidence(neighborhood, evidence),
    preprocessing: preprocessingOf(flags),
    seed,
    batchSize,
  };
  checkRequest(request, adversarial !== undefined);
  return request;
}

async function readGiven(
  file: string | undefined,
  data: Parameters<typeof givenAdversarial>[1],
  { images }: ExplainableModel,
  bounds: readonly [number, number],
): Promise<Parameters<typeof explain>[3]> {
  if (file === undefined) return undefined;
  const bytes = await readInputFile(file);
  const given = about(file, () => givenAdversarial(readNpz(bytes), data, images, bounds));
  const hash = createHash('sha256').update(bytes).digest('hex');
  return { ...given, name: `${basename(file)}, sha256 ${hash}` };
}

async function readEarlier(folder: string): Promise<ExplainOptions['resume']> {
  const [json, ledger] = [join(folder, files[0]), join(folder, files[2])];
  const text = new TextDecoder().decode(await readInputFile(json));
  const explanation = about(json, () => readExplanation(text));
  return { explanation, ledger: new TextDecoder().decode(await readInputFile(ledger)) };
}

function contentsOf({ explanation, ledger, exhibits }: ExplainOutcome): Record<string, string> {
  const contents = [
    explanationJson(explanation),
    explanationTsv(explanation),
    ledger,
    explanationHtml(explanation, exhibits),
  ];
  return Object.fromEntries(files.map((name, i) => [name, contents[i] as string]));
}

/** What is done, step by step. */
function stepsOf(
  model: ExplainableModel,
  data: string,
  request: ExplainRequest,
  given: string | undefined,
): readonly string[] {
  const { norm, epsilon, neighborhood, evidence, proof, seed } = request;
  const attacks = explainAttacks(request, model.classes).map(({ attack }) => attack.name);
  return [
    `explain ${model.name} on ${data}, right on ${model.right} of them, seed ${seed}`,
    given === undefined
      ? `look for failures within ${norm} <= ${epsilon} by ${attacks.join(', ')}`
      : `take adversarial versions from ${given}`,
    `on the ${neighborhood}, with evidence ${proof ?? evidence}`,
  ];
}

/** To about a factor of 3: what a failure costs depends on how many neurons switch. */
async function secondsToExplain(
  engine: Engine,
  { network, images, classes }: ExplainableModel,
  request: ExplainRequest,
  given: boolean,
  { clock }: Io,
): Promise<number> {
  const { attacks, norm = 'linf', epsilon = 0, seed, batchSize } = request;
  const { bounds } = request.preprocessing;
  const attack = {
    attacks,
    norm,
    epsilons: [epsilon],
    seed,
    batchSize,
    onGrid: false,
  };
  const passes = explainPasses(images.shape[0] ?? 0, given ? null : attack, classes);
  return passes * (await secondsPerPassOf(engine, network, images, { bounds, batchSize, clock }));
}
