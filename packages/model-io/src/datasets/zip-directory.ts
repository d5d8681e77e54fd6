import { FloatpathError } from '@floatpath/core';
import { readExactly, type ByteSource } from './byte-source.js';

const END_OF_DIRECTORY = 0x06054b50;
const WIDE_END_LOCATOR = 0x07064b50;
const WIDE_END = 0x06064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const WIDE_SIZES = 0x0001;
/** The directory of an archive of arrays is small; a larger claim is false. */
const LARGEST_DIRECTORY = 1 << 24;

/** An uncompressed entry, where it lies in the archive. */
export interface StoredEntry {
  readonly start: number;
  readonly size: number;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const malformed = (message: string): FloatpathError =>
  new FloatpathError('malformed-file', `openNpz: ${message}`);

/** Where the directory is, archives beyond 4 GB (ZIP64) included. */
async function directoryOf(
  source: ByteSource,
): Promise<{ readonly start: number; readonly size: number; readonly count: number }> {
  const length = Math.min(source.size, 22 + 0xffff + 20);
  const tail = await readExactly(source, 'openNpz', source.size - length, length);
  const view = viewOf(tail);
  for (let at = tail.length - 22; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== END_OF_DIRECTORY) continue;
    const wide = at >= 20 && view.getUint32(at - 20, true) === WIDE_END_LOCATOR;
    if (!wide) {
      const [count, size, start] = [
        view.getUint16(at + 10, true),
        view.getUint32(at + 12, true),
        view.getUint32(at + 16, true),
      ];
      return { start, size, count };
    }
    const offset = Number(view.getBigUint64(at - 20 + 8, true));
    const end = viewOf(await readExactly(source, 'openNpz', offset, 56));
    if (end.getUint32(0, true) !== WIDE_END)
      throw malformed(`expected the end of the directory at byte ${offset}, got something else`);
    return {
      count: Number(end.getBigUint64(32, true)),
      size: Number(end.getBigUint64(40, true)),
      start: Number(end.getBigUint64(48, true)),
    };
  }
  throw malformed(
    `expected a zip archive with its directory, got ${source.size} bytes without; the file is truncated or damaged`,
  );
}

/** Sizes and offset that do not fit in 32 bits follow in an extra field, in this order. */
function wideNumbers(extra: Uint8Array, numbers: readonly number[]): readonly number[] {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== WIDE_SIZES) continue;
    let from = at + 4;
    return numbers.map((number) => {
      if (number !== 0xffffffff || from + 8 > extra.length) return number;
      from += 8;
      return Number(view.getBigUint64(from - 8, true));
    });
  }
  return numbers;
}

/**
 * The entries of a zip archive that are stored without compression, by name; nothing of their contents is read. `undefined`
 * stands for a compressed entry.
 *
 * @throws {FloatpathError} `malformed-file`
 */
export async function storedEntries(
  source: ByteSource,
): Promise<ReadonlyMap<string, StoredEntry | undefined>> {
  const { start, size, count } = await directoryOf(source);
  if (size > Math.min(LARGEST_DIRECTORY, source.size))
    throw malformed(`expected a directory within the file, got a claim of ${size} bytes`);
  const bytes = await readExactly(source, 'openNpz', start, size);
  const view = viewOf(bytes);
  const entries = new Map<string, StoredEntry | undefined>();
  for (let at = 0, entry = 0; entry < count; entry += 1) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== DIRECTORY_ENTRY)
      throw malformed(`expected ${count} entries in the directory, got ${entry}`);
    const nameEnd = at + 46 + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, nameEnd));
    const [whole = 0, , local = 0] = wideNumbers(bytes.subarray(nameEnd, extraEnd), [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]);
    const stored = view.getUint16(at + 10, true) === 0 && (view.getUint16(at + 8, true) & 1) === 0;
    entries.set(name, stored ? await placeOf(source, name, local, whole) : undefined);
    at = extraEnd + view.getUint16(at + 32, true);
  }
  return entries;
}

async function placeOf(
  source: ByteSource,
  name: string,
  local: number,
  size: number,
): Promise<StoredEntry> {
  const header = viewOf(await readExactly(source, 'openNpz', local, 30));
  if (header.getUint32(0, true) !== LOCAL_HEADER)
    throw malformed(`expected entry "${name}" at byte ${local}, got none`);
  const start = local + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  if (start + size <= source.size) return { start, size };
  throw malformed(
    `expected ${size} bytes in entry "${name}", got ${Math.max(0, source.size - start)}; the file is truncated`,
  );
}
