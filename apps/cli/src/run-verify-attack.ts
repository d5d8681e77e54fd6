import { checkAttack, type CheckedRow } from '@floatpath/attacks';
import { float32Tensor, FloatpathError, type Float32Tensor, type Norm } from '@floatpath/core';
import { readNpz, type NpyArray } from '@floatpath/model-io/datasets';
import { readInputFile } from '@floatpath/node';
import { normCodes } from './attack-archive.js';
import { about } from './errors.js';
import type { Io } from './io.js';
import { NegativeAnswer } from './negative-answer.js';
import { openSubject, type SubjectFlags } from './open-subject.js';
import { createProgressLines, linesText } from './terminal.js';

/** What the person wrote, flag by flag. */
export interface VerifyAttackFlags extends SubjectFlags {
  readonly batchSize: number;
  readonly json?: true;
  readonly quiet?: true;
  readonly norm?: Norm;
  readonly epsilon?: number;
}

interface Claims {
  readonly x: Float32Tensor;
  readonly adversarial: Float32Tensor;
  readonly labels: Int32Array;
  /** Of targeted rows of our own. */
  readonly targets?: Int32Array;
  /** Whether each row is claimed to be broken. */
  readonly claimed: readonly boolean[];
  readonly norm: Norm;
  readonly epsilon: number;
  /** Rows of our own carry their settings, and are allowed no rounding. */
  readonly ours: boolean;
}

/** Prints what holds of every claimed row. @throws {NegativeAnswer} if one does not hold */
export async function runVerifyAttack(
  file: string,
  archive: string,
  flags: VerifyAttackFlags,
  io: Io,
): Promise<void> {
  const { batchSize } = flags;
  const bytes = await readInputFile(archive);
  const claims = about(archive, () => claimsOf(readNpz(bytes), flags));
  const { x, adversarial, labels, targets, norm, epsilon } = claims;
  await using open = await openSubject(file, x, flags, io);
  const { images } = open;
  const progress = createProgressLines(io, flags.quiet === true);
  const rows = await checkAttack(
    open.subject.classifier,
    {
      x: images,
      adversarial: float32Tensor(images.shape, adversarial.data),
      criterion:
        targets === undefined
          ? { kind: 'untargeted', labels }
          : { kind: 'targeted', labels, targets },
      region: { kind: 'ball', norm, epsilon },
    },
    {
      ...{ batchSize, signal: io.signal, onProgress: progress.show },
      ...(claims.ours ? { tolerance: 0 } : {}),
    },
  );
  const failing = rows.flatMap((row, at) =>
    claims.claimed[at] === true && !row.holds ? [at] : [],
  );
  io.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ norm, epsilon, failing, rows })}\n`
      : linesText(verdictLines(claims, rows, failing)),
  );
  if (failing.length > 0) throw new NegativeAnswer();
}

function verdictLines(
  { claimed, norm, epsilon, ours }: Claims,
  rows: readonly CheckedRow[],
  failing: readonly number[],
): readonly string[] {
  const total = claimed.filter(Boolean).length;
  const after = rows.filter((row, at) => claimed[at] === true && row.holds && row.metAfterRounding);
  const reasonOf = ({ finite, alreadyMet, inside, distance }: CheckedRow): string => {
    if (!finite) return 'holds NaN or infinity, or is answered with it';
    if (alreadyMet) return 'was wrong before';
    return inside ? 'is right' : `is outside, at distance ${distance}`;
  };
  const region = `${norm} <= ${epsilon}${ours ? '' : ', or 1e-6 of it more'}`;
  return [
    `${total - failing.length} of ${total} claimed rows hold: wrong, right before, and within ${region}`,
    `${after.length} of them are still wrong after rounding to 8 bits`,
    ...failing.map((at) => `row ${at} ${reasonOf(rows[at] as CheckedRow)}`),
  ];
}

function claimsOf(arrays: ReadonlyMap<string, NpyArray>, flags: VerifyAttackFlags): Claims {
  const x = tensorUnder(arrays, ['x', 'images']);
  const adversarial = tensorUnder(arrays, ['adversarial', 'x_adv']);
  const whole = ({ data }: NpyArray): Int32Array =>
    Int32Array.from(data as ArrayLike<number | bigint>, Number);
  const labels = whole(arrayUnder(arrays, ['y', 'labels']));
  const target = arrays.get('target');
  const own = (name: string): number | undefined => {
    const value = arrays.get(name)?.data[0];
    return value === undefined ? undefined : Number(value);
  };
  const success = arrays.get('success')?.data;
  const norm = flags.norm ?? normCodes[own('norm') ?? -1];
  const epsilon = flags.epsilon ?? own('epsilon');
  if (norm === undefined || epsilon === undefined) {
    throw new FloatpathError(
      'invalid-argument',
      'verify-attack: expected --norm and --epsilon with a file that does not hold them, got none; give both',
    );
  }
  return {
    x,
    adversarial,
    labels,
    ...(target && { targets: whole(target) }),
    claimed: Array.from(labels, (_, row) => success === undefined || Number(success[row]) === 1),
    norm,
    epsilon,
    ours: flags.norm === undefined && flags.epsilon === undefined,
  };
}

function arrayUnder(arrays: ReadonlyMap<string, NpyArray>, keys: readonly string[]): NpyArray {
  const found = keys.map((key) => arrays.get(key)).find((array) => array !== undefined);
  if (found !== undefined) return found;
  throw new FloatpathError(
    'invalid-data',
    `verify-attack: expected an array ${keys.join(' or ')}, got ${[...arrays.keys()].join(', ') || 'none'}`,
  );
}

function tensorUnder(
  arrays: ReadonlyMap<string, NpyArray>,
  keys: readonly string[],
): Float32Tensor {
  const { shape, data, dtype } = arrayUnder(arrays, keys);
  if (dtype === 'float32' || dtype === 'float64') return float32Tensor(shape, data);
  throw new FloatpathError(
    'invalid-data',
    `verify-attack: expected ${keys[0] ?? ''} of type float32, got ${dtype}; store inputs as they are fed to the model`,
  );
}
