import { FloatpathError } from '@floatpath/core';
import { malformedIn } from '../../as-reader.js';
import { createSource, malformedAt, type Source } from './source.js';

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const malformed = malformedIn('readHdf5');

/** The superblock begins at byte 0, or at 512, 1024, 2048, ... behind a block of the user's own. */
function startOf(bytes: Uint8Array): number {
  for (let at = 0; at + 8 <= bytes.length; at = at === 0 ? 512 : at * 2) {
    if (SIGNATURE.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  throw malformed(`expected an HDF5 file, got ${bytes.length} bytes without its signature`);
}

/**
 * The file and the place of its root group.
 *
 * @throws {FloatpathError} `malformed-file`; `unsupported-format` for a superblock of another version than 0 to 3
 * @see HDF5 File Format Specification 3.0, II.A
 */
export function readSuperblock(bytes: Uint8Array): { source: Source; root: number } {
  const start = startOf(bytes);
  const raw = createSource(bytes, 0, 8, 8);
  const version = raw.u8(start + 8);
  if (version > 3) {
    throw new FloatpathError(
      'unsupported-format',
      `readHdf5: expected a superblock of version 0 to 3, got ${version}`,
    );
  }
  const early = version < 2;
  const sizes = early ? start + 13 : start + 9;
  const addressSize = raw.u8(sizes);
  const lengthSize = raw.u8(sizes + 1);
  const known = [2, 4, 8];
  if (!known.includes(addressSize) || !known.includes(lengthSize))
    throw malformedAt(sizes, `expected addresses of 2, 4 or 8 bytes, got ${addressSize}`);
  const addresses = early ? start + (version === 0 ? 24 : 28) : start + 12;
  const base = raw.unsigned(addresses, addressSize);
  const source = createSource(bytes, base, addressSize, lengthSize);
  const end = source.address(addresses + 2 * addressSize);
  if (end === undefined || end > bytes.length)
    throw malformed(`expected ${end ?? 'known'} bytes, got ${bytes.length}; the file is truncated`);
  // Early versions hold the root's entry of a symbol table (name, then header); later ones the header's place.
  const at = addresses + (early ? 5 : 3) * addressSize;
  const root = source.address(at);
  if (root === undefined) throw malformedAt(at, 'expected a root group, got none');
  return { source, root };
}
