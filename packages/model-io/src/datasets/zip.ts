import { FloatpathError } from '@floatpath/core';
import { inflateSync } from 'fflate';
import { malformedIn } from '../as-reader.js';
import { crc32 } from './crc32.js';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;
/** Deflate cannot shrink data by more than this factor: a larger claim is false. */
const LARGEST_RATIO = 1032;

type Malformed = (message: string, cause?: unknown) => FloatpathError;

export interface UnzipOptions {
  /** Who reads the archive, for messages. */
  readonly reader: string;
  /** Most bytes that the entries may take together. */
  readonly limit: number;
}

/** The directory at the end of the file says where it begins; a comment may follow it. */
function directoryOf(view: DataView, malformed: Malformed): { count: number; start: number } {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at -= 1) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY) {
      return { count: view.getUint16(at + 10, true), start: view.getUint32(at + 16, true) };
    }
  }
  throw malformed(
    `expected a zip archive with its directory, got ${view.byteLength} bytes without; the file is truncated or damaged`,
  );
}

function inflated(
  name: string,
  packed: Uint8Array,
  size: number,
  malformed: Malformed,
): Uint8Array {
  if (size > packed.length * LARGEST_RATIO + 1024) {
    throw malformed(
      `expected entry "${name}" to unpack to what ${packed.length} bytes can hold, got a claim of ${size}`,
    );
  }
  try {
    return inflateSync(packed, { out: new Uint8Array(size) });
  } catch (cause) {
    throw malformed(
      `expected entry "${name}" to unpack to ${size} bytes, got a damaged one`,
      cause,
    );
  }
}

/**
 * The entries of a zip archive in the order of its directory, each checked against its size and checksum.
 *
 * @throws {FloatpathError} `malformed-file`; `unsupported-format` for encryption, other compressions and entries beyond 4 GB
 */
export function unzip(
  bytes: Uint8Array,
  { reader, limit }: UnzipOptions = { reader: 'readNpz', limit: bytes.length * LARGEST_RATIO },
): ReadonlyMap<string, Uint8Array> {
  const malformed = malformedIn(reader);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = new Map<string, Uint8Array>();
  const { count, start } = directoryOf(view, malformed);
  let at = start;
  let total = 0;
  for (let entry = 0; entry < count; entry += 1) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== DIRECTORY_ENTRY) {
      throw malformed(`expected ${count} entries in the directory, got ${entry}`);
    }
    const method = view.getUint16(at + 10, true);
    const packedSize = view.getUint32(at + 20, true);
    const size = view.getUint32(at + 24, true);
    const nameLength = view.getUint16(at + 28, true);
    const local = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    total += size;
    const readable =
      (method === STORED || method === DEFLATED) && (view.getUint16(at + 8, true) & 1) === 0;
    if (!readable || size === 0xffffffff || local === 0xffffffff) {
      throw new FloatpathError(
        'unsupported-format',
        `${reader}: expected entry "${name}" stored or deflated below 4 GB, got another kind`,
      );
    }
    if (total > limit) {
      throw malformed(
        `expected entries that ${bytes.length} bytes can hold, got a claim of ${total}`,
      );
    }
    if (local + 30 > bytes.length || view.getUint32(local, true) !== LOCAL_HEADER) {
      throw malformed(`expected entry "${name}" at byte ${local}, got none`);
    }
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const packed = bytes.subarray(from, from + packedSize);
    if (packed.length !== packedSize) {
      throw malformed(
        `expected ${packedSize} bytes in entry "${name}", got ${packed.length}; the file is truncated`,
      );
    }
    const contents = method === STORED ? packed : inflated(name, packed, size, malformed);
    if (contents.length !== size || crc32(contents) !== view.getUint32(at + 16, true)) {
      throw malformed(
        `expected the checksum of entry "${name}" to hold, got another; copy or download the file again`,
      );
    }
    entries.set(name, contents);
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}
