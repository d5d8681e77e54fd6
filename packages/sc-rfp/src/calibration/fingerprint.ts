import { FloatpathError, sizeOf, type Float32Tensor } from '@floatpath/core';

/** 2^32 */
const WORD = 4294967296;

/**
 * FNV-1a, 64 bits, of the values' little-endian bytes, as 16 hexadecimal digits. Recognizes the same image again; not
 * a cryptographic hash.
 *
 * @see Fowler, Noll, Vo; draft-eastlake-fnv
 */
export function fingerprintOf(bytes: Uint8Array): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const byte of bytes) {
    low = (low ^ byte) >>> 0;
    // Times the prime 2^40 + 0x1b3: both partial products stay below 2^42, exact in a double.
    const product = low * 0x1b3;
    high = (high * 0x1b3 + Math.floor(product / WORD) + low * 256) % WORD;
    low = product % WORD;
  }
  return [high, low].map((word) => word.toString(16).padStart(8, '0')).join('');
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
