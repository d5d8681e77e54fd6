/** IEEE 754 binary16 bits to the number they stand for (exact). */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 bits (the upper half of a float32) to the number they stand for (exact). */
export function fromBfloat16(bits: number): number {
  return new Float32Array(Uint32Array.of((bits << 16) >>> 0).buffer)[0] as number;
}
