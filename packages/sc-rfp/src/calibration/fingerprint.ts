import { FloatpathError, sizeOf, type Float32Tensor } from '@floatpath/core';

/**
 * FNV-1a, 64 bits, of the values' little-endian bytes, as 16 hexadecimal digits. Recognizes the same image again; not
 * a cryptographic hash.
 *
 * @see Fowler, Noll, Vo; draft-eastlake-fnv
 */
export function fingerprintOf(bytes: Uint8Array): string {
  let high = 0xcbf29ce4 | 0;
  let low = 0x84222325 | 0;
  for (const byte of bytes) {
    low ^= byte;
    // Times the prime 2^40 + 0x1b3, in halves of 16 bits, so that everything stays an integer of 32.
    const right = (low & 0xffff) * 0x1b3;
    const left = (low >>> 16) * 0x1b3 + (right >>> 16);
    high = (Math.imul(high, 0x1b3) + (left >>> 16) + (low << 8)) | 0;
    low = (left << 16) | (right & 0xffff);
  }
  return [high, low].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** The values as little-endian bytes, whatever the machine's own order. */
export function littleEndianBytes(values: Float32Array): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, i) => {
    bytes.setFloat32(i * 4, value, true);
  });
  return new Uint8Array(bytes.buffer);
}

/** One fingerprint per row of `images`. @throws {FloatpathError} `shape-mismatch` without a row axis */
export function imageFingerprints(images: Float32Tensor): readonly string[] {
  const [rows, ...shape] = images.shape;
  if (rows === undefined) {
    throw new FloatpathError(
      'shape-mismatch',
      'imageFingerprints: expected images of shape [rows, ...], got a scalar',
    );
  }
  const size = sizeOf(shape);
  return Array.from({ length: rows }, (_, row) =>
    fingerprintOf(littleEndianBytes(images.data.subarray(row * size, (row + 1) * size))),
  );
}
