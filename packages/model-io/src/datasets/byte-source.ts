import { FloatpathError } from '@floatpath/core';

/** A file that is read in pieces: a file handle, a blob, an HTTP range. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** `length` bytes from `offset` on; fewer where the source ends. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Bytes in memory as a source. */
export const sourceOf = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
});

/** @throws {FloatpathError} `malformed-file` where the source ends before */
export async function readExactly(
  source: ByteSource,
  reader: string,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = await source.read(offset, length);
  if (bytes.length === length) return bytes;
  throw new FloatpathError(
    'malformed-file',
    `${reader}: expected ${length} bytes from byte ${offset} on, got ${bytes.length}; the file is truncated`,
  );
}

/** Most bytes of one read. */
const PIECE = 1 << 24;

/**
 * Records of one size by number, one after the other in a buffer: neighbors are read together.
 *
 * @param start - where record 0 begins
 */
export async function readRecordsAt(
  source: ByteSource,
  reader: string,
  start: number,
  record: number,
  indices: Uint32Array,
): Promise<Uint8Array> {
  const all = new Uint8Array(indices.length * record);
  const most = Math.max(1, Math.floor(PIECE / record));
  for (let from = 0; from < indices.length;) {
    const first = indices[from] as number;
    let to = from + 1;
    while (to < indices.length && to - from < most && indices[to] === first + to - from) to += 1;
    const size = (to - from) * record;
    all.set(await readExactly(source, reader, start + first * record, size), from * record);
    from = to;
  }
  return all;
}
