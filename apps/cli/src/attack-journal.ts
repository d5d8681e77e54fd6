import { Buffer } from 'node:buffer';
import { existsSync } from 'node:fs';
import { open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { AttackLedger } from '@floatpath/attacks';
import { float32Tensor, FloatpathError } from '@floatpath/core';
import { claimFile } from '@floatpath/node';

/** The finished parts of an attack, on disk while it runs: a header line, then one line with a checksum per part. */
export interface AttackJournal extends AsyncDisposable {
  /** Those of an earlier, interrupted run. */
  readonly parts: readonly AttackLedger[];
  append(part: AttackLedger): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Opens the journal of a run; the file is made when the first part is appended. Resumed, it holds the parts that an earlier run
 * with the same header wrote whole, up to the first line that was cut off or changed; the rest is attacked again.
 *
 * @throws {FloatpathError} `output-exists` where one lies and is not to be resumed; `invalid-data` where it is of another run;
 * `output-not-writable` while another process writes it
 */
export async function openAttackJournal(
  path: string,
  header: object,
  options: { readonly resume: boolean },
): Promise<AttackJournal> {
  const claim = await claimFile(path);
  try {
    return journalAt(path, JSON.stringify(header), await wholeLines(path, header, options), claim);
  } catch (error) {
    await claim[Symbol.asyncDispose]();
    throw error;
  }
}

/** The lines that an earlier run wrote whole, the header among them. */
async function wholeLines(
  path: string,
  header: object,
  { resume }: { readonly resume: boolean },
): Promise<string> {
  const text = existsSync(path) ? await readFile(path, 'utf8') : '';
  if (text !== '' && !resume) {
    throw new FloatpathError(
      'output-exists',
      `attack: expected no interrupted run, got ${path}; go on with --resume or delete it`,
    );
  }
  const title = `${JSON.stringify(header)}\n`;
  // A title that was cut off is that of a run without parts.
  if (!text.includes('\n')) return '';
  if (!text.startsWith(title)) {
    throw new FloatpathError(
      'invalid-data',
      `attack: expected ${path} to be of the same model, images and settings, got another run's; delete it to begin anew`,
    );
  }
  // What follows the last end of line is nothing, or a line that was cut off.
  const lines = text.slice(title.length).split('\n').slice(0, -1);
  const damaged = lines.findIndex((line) => !isSound(line));
  return [title, ...lines.slice(0, damaged < 0 ? lines.length : damaged).map((l) => `${l}\n`)].join(
    '',
  );
}

const checksum = (json: string): string => crc32(json).toString(16).padStart(8, '0');

const isSound = (line: string): boolean => {
  const end = line.lastIndexOf('\t');
  return end >= 0 && line.slice(end + 1) === checksum(line.slice(0, end));
};

function journalAt(
  path: string,
  title: string,
  whole: string,
  claim: AsyncDisposable,
): AttackJournal {
  let file: FileHandle | undefined;
  return {
    parts: whole.split('\n').slice(1, -1).map(ledgerOf),
    async append(part) {
      if (file === undefined) {
        file = await open(path, 'a');
        await file.truncate(Buffer.byteLength(whole));
        if (whole === '') await file.appendFile(`${title}\n`);
      }
      await file.appendFile(`${lineOf(part)}\n`);
      await file.sync();
    },
    remove: () => rm(path, { force: true }),
    async [Symbol.asyncDispose]() {
      await file?.close();
      await claim[Symbol.asyncDispose]();
    },
  };
}

function lineOf(part: AttackLedger): string {
  const { shape, data } = part.result.adversarial;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
  const json = JSON.stringify({
    ...part,
    result: { ...part.result, adversarial: { shape, bytes } },
  });
  return `${json}\t${checksum(json)}`;
}

function ledgerOf(line: string): AttackLedger {
  const part = JSON.parse(line.slice(0, line.lastIndexOf('\t'))) as AttackLedger & {
    result: { adversarial: { shape: number[]; bytes: string } };
  };
  const { shape, bytes } = part.result.adversarial;
  const data = new Float32Array(new Uint8Array(Buffer.from(bytes, 'base64')).buffer);
  return { ...part, result: { ...part.result, adversarial: float32Tensor(shape, data) } };
}
