// Files that belong together as one: what a model in several files is hashed, shipped and run as.
import { zipSync, type Zippable } from 'fflate';
import { unzip } from './datasets/zip.js';
import { plainBytes } from './plain-bytes.js';
import { unpackLimit } from './unpack-limit.js';

/** Zip files have no year before. */
const NO_TIME = new Date(1980, 0, 1);

/** The files as one archive; its bytes depend on names, contents and their order only. */
export function archiveOf(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const entries: Zippable = Object.fromEntries(
    Array.from(files, ([name, bytes]) => [name, plainBytes(bytes)]),
  );
  return zipSync(entries, { level: 0, mtime: NO_TIME });
}

export const filesOf = (reader: string, archive: Uint8Array): ReadonlyMap<string, Uint8Array> =>
  unzip(plainBytes(archive), { reader, limit: unpackLimit(archive.length) });

/** The name of an archive's first entry, and its contents where they are stored as they are. */
export function firstEntry(
  bytes: Uint8Array,
): { name: string; contents: Uint8Array | undefined } | undefined {
  if (bytes.length < 30) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const nameEnd = 30 + view.getUint16(26, true);
  const start = nameEnd + view.getUint16(28, true);
  const size = view.getUint32(18, true);
  const stored = view.getUint16(8, true) === 0 && size > 0;
  return {
    name: new TextDecoder().decode(bytes.subarray(30, nameEnd)),
    contents: stored ? bytes.subarray(start, start + size) : undefined,
  };
}
