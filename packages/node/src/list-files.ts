import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FloatpathError } from '@floatpath/core';

/**
 * Files below a folder whose names end in one of `extensions`, as paths relative to it with forward slashes, sorted.
 * Links are not followed and names that begin with a dot are left out.
 *
 * @throws {FloatpathError} `file-not-found`, `file-not-readable`
 */
export async function listFiles(folder: string, extensions: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  async function visit(relative: string): Promise<void> {
    const entries = await readdir(join(folder, relative), { withFileTypes: true });
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile() && extensions.some((end) => path.toLowerCase().endsWith(end))) {
        found.push(path);
      }
    }
  }
  try {
    await visit('');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new FloatpathError(
      missing ? 'file-not-found' : 'file-not-readable',
      `listFiles: expected a folder at ${folder}, got ${missing ? 'nothing there' : String((error as NodeJS.ErrnoException).code)}; check the path`,
      { cause: error },
    );
  }
  return found.sort();
}
