import { FloatpathError } from '@floatpath/core';
import { Gunzip } from 'fflate';
import { plainBytes } from '../plain-bytes.js';
import { crc32 } from './crc32.js';

const CHUNK = 1 << 16;

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/**
 * The bytes themselves, or what they hold if they are a gzip file; at most `limit` bytes, which the contents' first 16 bytes
 * may lower, so that a small file cannot ask for all memory.
 *
 * @throws {FloatpathError} `malformed-file` if the file is damaged, ends early or holds more than `limit`
 */
export function gunzipIfNeeded(
  reader: string,
  file: Uint8Array,
  limit: (head: Uint8Array) => number,
): Uint8Array {
  const bytes = plainBytes(file);
  if (!isGzip(bytes)) return bytes;
  const fail = (message: string, cause?: unknown): FloatpathError =>
    new FloatpathError(
      'malformed-file',
      `${reader}: ${message}`,
      cause === undefined ? {} : { cause },
    );
  const chunks: Uint8Array[] = [];
  let size = 0;
  let most = Infinity;
  const stream = new Gunzip((chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= 16 && most === Infinity) most = limit(joined(chunks, size));
    if (size > most) throw fail(`expected at most ${most} bytes in the gzip file, got more`);
  });
  try {
    for (let at = 0; at < bytes.length; at += CHUNK) {
      stream.push(bytes.subarray(at, at + CHUNK), at + CHUNK >= bytes.length);
    }
  } catch (cause) {
    if (cause instanceof FloatpathError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw fail(
      `expected a whole gzip file, got ${bytes.length} bytes that are damaged or end early (${reason})`,
      cause,
    );
  }
  const contents = joined(chunks, size);
  const trailer = new DataView(
    bytes.buffer,
    bytes.byteOffset + Math.max(bytes.length - 8, 0),
    Math.min(8, bytes.length),
  );
  if (trailer.byteLength < 8 || trailer.getUint32(0, true) !== crc32(contents)) {
    throw fail(
      'expected the checksum of the gzip file to hold, got another; copy or download the file again',
    );
  }
  return contents;
}
