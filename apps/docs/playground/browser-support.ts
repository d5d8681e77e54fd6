/** A module that uses one SIMD instruction: () -> i8x16.splat(0), dropped. */
const simdModule = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0],
  ...[10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11],
);

/** Why the playground cannot run in this browser; null where it can. */
export function missingSupport(): string | null {
  if (typeof WebAssembly === 'undefined') {
    return 'This browser has no WebAssembly. Use a current Chromium, Firefox or Safari.';
  }
  if (!WebAssembly.validate(simdModule)) {
    return 'This browser has no WebAssembly SIMD, which the networks run on. Use Chromium 91, Firefox 89, Safari 16.4 or later.';
  }
  if (typeof Worker === 'undefined') return 'This browser has no workers.';
  return null;
}
