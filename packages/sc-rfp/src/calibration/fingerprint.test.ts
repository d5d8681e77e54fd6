import { float32Tensor } from '@floatpath/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, imageFingerprints } from './fingerprint.js';

describe('fingerprintOf', () => {
  // Test vectors of the reference C code (test_fnv.c), 64-bit FNV-1a.
  it.each([
    ['', 'cbf29ce484222325'],
    ['a', 'af63dc4c8601ec8c'],
    ['foobar', '85944171f73967e8'],
    ['chongo was here!\n', '46810940eff5f915'],
  ])('of %j is %s', (text, expected) => {
    expect(fingerprintOf(new TextEncoder().encode(text))).toBe(expected);
  });

  it('of any bytes is what one product modulo 2^64 per byte gives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const hash = bytes.reduce<bigint>(
          (h, byte) => BigInt.asUintN(64, (h ^ BigInt(byte)) * 0x100000001b3n),
          0xcbf29ce484222325n,
        );
        expect(fingerprintOf(bytes)).toBe(hash.toString(16).padStart(16, '0'));
      }),
    );
  });
});

describe('imageFingerprints', () => {
  it('tells rows apart and knows a row again', () => {
    const [a, b, c] = imageFingerprints(float32Tensor([3, 1, 2], [0, 0.5, 0, 0.25, 0, 0.5]));
    expect(a).toBe(c);
    expect(a).not.toBe(b);
  });
});
