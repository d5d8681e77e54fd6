/**
 * `bytes` as a plain Uint8Array over the same memory. Node's Buffer is a Uint8Array whose `slice` makes a view instead of a
 * copy, usually into a shared pool and not aligned: code that is right for one is wrong for the other.
 */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
