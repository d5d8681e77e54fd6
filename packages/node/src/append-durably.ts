import type { FileHandle } from 'node:fs/promises';

/**
 * Writes all of an ASCII text at `position` and waits until it is on the disk. A disk that is nearly full takes a text in
 * pieces before it refuses.
 *
 * @throws the error of the system
 */
export async function appendDurably(
  file: Pick<FileHandle, 'write' | 'datasync'>,
  text: string,
  position: number,
): Promise<void> {
  const bytes = Buffer.from(text, 'latin1');
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
  await file.datasync();
}
