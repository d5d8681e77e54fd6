import { readFile, stat } from 'node:fs/promises';
import { FloatpathError } from '@floatpath/core';

/** Node reads no larger file in one piece. */
const LARGEST = 2 ** 31 - 1;

const expected = (path: string): string => `readInputFile: expected a readable file at ${path}`;

function refusal(path: string, cause: unknown): FloatpathError {
  const reason = (cause as NodeJS.ErrnoException).code;
  return reason === 'ENOENT' || reason === 'ENOTDIR'
    ? new FloatpathError('file-not-found', `${expected(path)}, got nothing there; check the path`, {
        cause,
      })
    : new FloatpathError('file-not-readable', `${expected(path)}, got ${reason ?? String(cause)}`, {
        cause,
      });
}

/**
 * The bytes of a file that a person named.
 *
 * @param options.maximumBytes - larger files are refused before they are read; 2 GiB unless given
 * @throws {FloatpathError} `file-not-found`; `file-not-readable` for a directory, a device, a file without permission or
 * one that is too large
 */
export async function readInputFile(
  path: string,
  options: { readonly maximumBytes?: number } = {},
): Promise<Uint8Array> {
  const maximumBytes = Math.min(options.maximumBytes ?? LARGEST, LARGEST);
  try {
    const facts = await stat(path);
    if (facts.isDirectory())
      throw new FloatpathError('file-not-readable', `${expected(path)}, got a directory`);
    // A device such as /dev/zero has no end; a pipe has one.
    if (facts.isCharacterDevice() || facts.isBlockDevice())
      throw new FloatpathError('file-not-readable', `${expected(path)}, got a device`);
    if (facts.size > maximumBytes) {
      throw new FloatpathError(
        'file-not-readable',
        `${expected(path)} of at most ${maximumBytes} bytes, got ${facts.size} bytes`,
      );
    }
    return new Uint8Array(await readFile(path));
  } catch (error) {
    throw error instanceof FloatpathError ? error : refusal(path, error);
  }
}
