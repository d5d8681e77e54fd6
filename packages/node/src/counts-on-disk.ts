import { open, readFile, rename, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FloatpathError } from '@floatpath/core';
import {
  headerLine,
  readCounts,
  requireSameHeader,
  rowLine,
  type CountsHeader,
  type CountsRow,
} from '@floatpath/smoothing';
import { appendDurably } from './append-durably.js';
import { claimFile } from './claim-file.js';

/** A counts file that is being written. */
export interface CountsOnDisk extends AsyncDisposable {
  /** Rows that were there already and need not be drawn again. */
  readonly rows: readonly CountsRow[];
  /** Number of the first line that was damaged and thrown away with everything after it. */
  readonly damagedLine: number | undefined;
  /**
   * Appends rows; when it returns they are on the disk, whatever happens to the process or the machine.
   *
   * @throws {FloatpathError} `output-not-writable`, after which the file ends with its last whole line
   */
  append(rows: readonly CountsRow[]): Promise<void>;
  /** Gives the file its name. Until then it is called `<path>.partial`. */
  finish(): Promise<void>;
}

export const partialName = (path: string): string => `${path}.partial`;

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function notWritable(path: string, cause: unknown): FloatpathError {
  const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new FloatpathError(
    'output-not-writable',
    `openCountsFile: expected to write ${path}, got ${reason}; finished rows are kept, --resume goes on`,
    { cause },
  );
}

/** The name of a file is on the disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r').catch(() => undefined);
  // Windows has no handle of a folder that could be synced.
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

interface Begun {
  readonly file: FileHandle;
  readonly length: number;
  readonly rows: readonly CountsRow[];
  readonly damagedLine: number | undefined;
}

async function begin(path: string, header: CountsHeader): Promise<Begun> {
  const head = headerLine(header);
  const file = await open(path, 'wx');
  await file.write(head);
  await file.sync();
  await syncFolder(path);
  return { file, length: head.length, rows: [], damagedLine: undefined };
}

/** What can be kept of a counts file of this run. A crash may have left a part of the first line. */
function soundPart(text: string, header: CountsHeader, path: string): Omit<Begun, 'file'> {
  if (headerLine(header).startsWith(text)) return { length: 0, rows: [], damagedLine: undefined };
  const { header: found, rows, soundLength, damagedLine } = readCounts(text);
  requireSameHeader('openCountsFile', found, header, `choose another file than ${path}`);
  return { length: soundLength, rows, damagedLine };
}

async function goOn(from: string, partial: string, header: CountsHeader): Promise<Begun> {
  const text = await readFile(from, 'latin1');
  const sound = soundPart(text, header, from);
  // Only now is it known to be a file of ours.
  if (from !== partial) await rename(from, partial);
  const file = await open(partial, 'r+');
  await file.truncate(sound.length);
  let { length } = sound;
  if (length === 0) {
    const head = headerLine(header);
    await file.write(head, 0);
    length = head.length;
  }
  await file.sync();
  return { ...sound, length, file };
}

async function openOrBegin(path: string, header: CountsHeader, resume: boolean): Promise<Begun> {
  const partial = partialName(path);
  const [finished, begun] = await Promise.all([exists(path), exists(partial)]);
  if (!resume && (finished || begun)) {
    throw new FloatpathError(
      'output-exists',
      `openCountsFile: expected a new file, got ${finished ? path : partial}; use --resume to go on with it, or choose another --out`,
    );
  }
  if (begun) return goOn(partial, partial, header);
  // A finished file is taken up again: more images may have been asked for.
  return finished ? goOn(path, partial, header) : begin(partial, header);
}

/**
 * Opens a counts file for appending. After a crash or a full disk, however it happened, `resume` finds the rows that
 * are whole; drawing the others again makes the file that an uninterrupted run makes, byte for byte. One process at a time writes it.
 *
 * @throws {FloatpathError} `output-exists` without `resume` if there is such a file; with it `invalid-data` if it holds
 * counts of another run, `malformed-file` or `schema-version` if it is no counts file; `output-not-writable`, also while another process
 * writes it
 */
export async function openCountsFile(
  path: string,
  header: CountsHeader,
  { resume }: { readonly resume: boolean },
): Promise<CountsOnDisk> {
  const asOurs = (error: unknown): never => {
    throw error instanceof FloatpathError ? error : notWritable(path, error);
  };
  const claim = await claimFile(partialName(path)).catch(asOurs);
  let begun: Begun;
  try {
    begun = await openOrBegin(path, header, resume);
  } catch (error) {
    await claim[Symbol.asyncDispose]();
    return asOurs(error);
  }
  const { file, rows, damagedLine } = begun;
  let length = begun.length;
  let isOpen = true;

  async function close(): Promise<void> {
    if (isOpen) await file.close();
    isOpen = false;
  }

  return {
    rows,
    damagedLine,
    async append(more) {
      const text = more.map(rowLine).join('');
      try {
        await appendDurably(file, text, length);
        length += text.length;
      } catch (error) {
        await file.truncate(length).catch(() => undefined);
        throw notWritable(path, error);
      }
    },
    async finish() {
      try {
        await file.sync();
        await close();
        await rename(partialName(path), path);
        await syncFolder(path);
        await claim[Symbol.asyncDispose]();
      } catch (error) {
        throw notWritable(path, error);
      }
    },
    async [Symbol.asyncDispose]() {
      await close();
      await claim[Symbol.asyncDispose]();
    },
  };
}
