import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Makes a folder and those that it lies in, one by one: `mkdir` with `recursive` never returns on file systems that
 * answer ENOENT for a folder that exists (such as /proc).
 *
 * @returns the folders that were made, innermost first
 */
export async function makeFolders(folder: string): Promise<string[]> {
  const missing: string[] = [];
  for (let path = resolve(folder); !(await exists(path)); path = dirname(path)) missing.push(path);
  for (const path of [...missing].reverse()) {
    await mkdir(path).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }
  return missing;
}
