import { readdir, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FloatpathError } from '@floatpath/core';
import { makeFolders } from './make-folders.js';

export interface OutputFolderOptions {
  /** Names that may already lie in the folder and be replaced. */
  readonly replaceable?: readonly string[];
  /** Write into the folder whatever else lies there. */
  readonly force?: boolean;
}

/** What {@link writeFilesAtomically} calls a file until it is whole; an interrupted run may leave one. */
export const temporaryName = (name: string): string => `.${name}.${process.pid}.tmp`;

function isOurs(entry: string, replaceable: readonly string[]): boolean {
  const left = /^\.(.+)\.\d+\.tmp$/.exec(entry)?.[1];
  return replaceable.includes(left ?? entry);
}

/** @throws {FloatpathError} `output-not-writable` */
export function notWritable(folder: string, cause: unknown): FloatpathError {
  const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new FloatpathError(
    'output-not-writable',
    `checkOutputFolder: expected a folder that can be written at ${folder}, got ${reason}; choose another one`,
    { cause },
  );
}

/**
 * Finds out, before the work starts, whether its results can be written: makes the folder, writes a file into it and takes
 * both away again.
 *
 * @throws {FloatpathError} `output-exists` if other files lie there, `output-not-writable`
 */
export async function checkOutputFolder(
  folder: string,
  options: OutputFolderOptions = {},
): Promise<void> {
  const { replaceable = [], force = false } = options;
  const path = resolve(folder);
  let entries: string[];
  try {
    const made = await makeFolders(path);
    entries = await readdir(path);
    const probe = join(path, temporaryName('probe'));
    await writeFile(probe, '');
    await unlink(probe);
    for (const one of made) await rmdir(one);
  } catch (error) {
    throw notWritable(folder, error);
  }
  const other = entries.find((entry) => !isOurs(entry, replaceable));
  if (other !== undefined && !force) {
    throw new FloatpathError(
      'output-exists',
      `checkOutputFolder: expected an empty or new folder at ${folder}, got "${other}" in it; choose another one or use --force`,
    );
  }
}
