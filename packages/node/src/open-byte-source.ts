import { open } from 'node:fs/promises';
import { FloatpathError } from '@floatpath/core';
import type { ByteSource } from '@floatpath/model-io/datasets';

/**
 * A file that is read in pieces, of any size. Dispose of it to close the file.
 *
 * @throws {FloatpathError} `file-not-found`, `file-not-readable`
 */
export async function openByteSource(path: string): Promise<ByteSource & AsyncDisposable> {
  const refused = (cause: unknown): FloatpathError => {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const missing = reason === 'ENOENT' || reason === 'ENOTDIR';
    return new FloatpathError(
      missing ? 'file-not-found' : 'file-not-readable',
      `openByteSource: expected a readable file at ${path}, got ${missing ? 'nothing there; check the path' : reason}`,
      { cause },
    );
  };
  const handle = await open(path).catch((cause: unknown) => {
    throw refused(cause);
  });
  const { size } = await handle.stat();
  return {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      let done = 0;
      try {
        while (done < bytes.length) {
          const { bytesRead } = await handle.read(bytes, done, bytes.length - done, offset + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
      } catch (cause) {
        throw refused(cause);
      }
      return bytes.subarray(0, done);
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}
