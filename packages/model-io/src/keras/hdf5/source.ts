import { malformedIn } from '../../as-reader.js';
import type { FloatpathError } from '@floatpath/core';

const malformed = malformedIn('readHdf5');

/** The bytes of an HDF5 file with its own sizes of addresses and lengths. Every read stays inside the file or throws. */
export interface Source {
  readonly bytes: Uint8Array;
  readonly addressSize: number;
  readonly lengthSize: number;
  u8(at: number): number;
  u16(at: number): number;
  u32(at: number): number;
  /** An integer of `size` bytes; beyond 2^53 not exact, which no file can hold. */
  unsigned(at: number, size: number): number;
  length(at: number): number;
  /** A place in the file; `undefined` where the file says that there is none. */
  address(at: number): number | undefined;
  slice(at: number, length: number): Uint8Array;
  /** Checks four letters that a structure begins with. */
  expect(at: number, signature: string): void;
}

/** An error that says where in the file. */
export const malformedAt = (at: number, message: string): FloatpathError =>
  malformed(`${message} at byte ${at}; copy or save the file again`);

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

export function createSource(
  bytes: Uint8Array,
  base: number,
  addressSize: number,
  lengthSize: number,
): Source {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const within = (at: number, length: number): number => {
    if (!(at >= 0 && length >= 0 && at + length <= bytes.length))
      throw malformedAt(at, `expected ${length} bytes, got the end of a file of ${bytes.length}`);
    return at;
  };
  const source: Source = {
    bytes,
    addressSize,
    lengthSize,
    u8: (at) => view.getUint8(within(at, 1)),
    u16: (at) => view.getUint16(within(at, 2), true),
    u32: (at) => view.getUint32(within(at, 4), true),
    unsigned(at, size) {
      within(at, size);
      let value = 0;
      for (let i = size - 1; i >= 0; i -= 1) value = value * 256 + view.getUint8(at + i);
      return value;
    },
    length: (at) => source.unsigned(at, lengthSize),
    address(at) {
      const value = source.slice(at, addressSize);
      if (value.every((byte) => byte === 0xff)) return undefined;
      return base + source.unsigned(at, addressSize);
    },
    slice: (at, length) => bytes.subarray(within(at, length), at + length),
    expect(at, signature) {
      const got = ascii(source.slice(at, 4));
      if (got !== signature)
        throw malformedAt(at, `expected a structure ${signature}, got ${JSON.stringify(got)}`);
    },
  };
  return source;
}

/** Follows places in the file; one that is met twice is a circle. */
export function createVisits(): (at: number) => void {
  const seen = new Set<number>();
  return (at) => {
    if (seen.has(at))
      throw malformedAt(at, 'expected a tree, got a structure that contains itself');
    seen.add(at);
  };
}
