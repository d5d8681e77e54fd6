import { lstat, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FloatpathError } from '@floatpath/core';
import {
  checkOutputFolder,
  notWritable,
  temporaryName,
  type OutputFolderOptions,
} from './output-folder.js';
import { makeFolders } from './make-folders.js';

/** A new name would take the place of a device or a link itself: of /dev/null, or of /dev/stdout. */
async function requireFile(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there === undefined || there.isFile()) return;
  throw new FloatpathError(
    'output-not-writable',
    `writeFilesAtomically: expected a file or nothing at ${path}, got a device, link or folder; choose another name`,
  );
}

async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Writes files into a folder, made if need be, so that each one is whole or not there: every file is written under a
 * temporary name first, and only when all are on the disk do they take their names.
 *
 * @throws {FloatpathError} `output-exists` if files other than `replaceable` lie there,
 * `output-not-writable`, also where a device, link or folder has one of the names; no file is left behind or changed then
 */
export async function writeFilesAtomically(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  options: OutputFolderOptions = {},
): Promise<void> {
  const names = Object.keys(files);
  await checkOutputFolder(folder, options);
  for (const name of names) await requireFile(join(folder, name));
  const temporary = names.map((name) => join(folder, temporaryName(name)));
  try {
    await makeFolders(folder);
    for (const [i, content] of Object.values(files).entries())
      await writeWhole(temporary[i] as string, content);
    for (const [i, name] of names.entries())
      await rename(temporary[i] as string, join(folder, name));
  } catch (error) {
    for (const path of temporary) await rm(path, { force: true });
    throw notWritable(folder, error);
  }
}
