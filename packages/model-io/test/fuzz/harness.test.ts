import { FloatpathError } from '@floatpath/core';
import { describe, expect, test } from 'vitest';
import { fuzz, type FuzzTarget } from './harness.js';
import { mutateBytes } from './mutate-bytes.js';

/** A reader of files of 64 bytes or more, with a fault that a mutant in a hundred or so meets. */
const target = (fault: (bytes: Uint8Array) => unknown): FuzzTarget => ({
  format: 'planted',
  seeds: [Uint8Array.from({ length: 64 }, (_, i) => i)],
  mutate: mutateBytes,
  place: /byte \d+/,
  read(bytes) {
    if (bytes.length < 60)
      throw new FloatpathError(
        'malformed-file',
        `planted: expected 60 bytes, got an end at byte ${bytes.length}`,
      );
    return bytes[3] === 3 ? bytes : fault(bytes);
  },
});

const options = { count: 400, seed: 1 };

describe('the fuzzing harness', () => {
  test('passes a reader that refuses what it cannot read, naming the place', () => {
    const summary = fuzz(
      target((bytes) => bytes),
      options,
    );
    expect(summary.mutants).toBe(400);
    expect(summary.accepted).toBeGreaterThan(100);
    expect(summary.refused['malformed-file']).toBeGreaterThan(20);
  });

  test.each<[string, (bytes: Uint8Array) => unknown, RegExp]>([
    [
      'a crash',
      () => (undefined as unknown as { length: number }).length,
      /mutant \d+ of seed 1 .*crashed with .*TypeError/s,
    ],
    [
      'an endless loop',
      () => {
        for (;;);
      },
      /took more than 5 s/,
    ],
    ['memory beyond the file', () => new Uint8Array(400 * 2 ** 20).fill(1), /took \d+ MB beyond/],
    [
      'an error that names no place',
      () => {
        throw new FloatpathError('malformed-file', 'planted: expected better');
      },
      /names no place/,
    ],
    [
      'an error without its function',
      () => {
        throw new FloatpathError('malformed-file', 'bad byte 3');
      },
      /without its function/,
    ],
  ])('planted fault: %s is found', (_, fault, message) => {
    expect(() => fuzz(target(fault), options)).toThrow(message);
  });

  test('a seed file that is refused fails the run', () => {
    expect(() => fuzz({ ...target(() => 0), seeds: [new Uint8Array(3)] }, options)).toThrow(
      /seed file 0 itself/,
    );
  });
});
