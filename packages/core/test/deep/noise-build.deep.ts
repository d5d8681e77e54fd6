import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { compileNoise, noiseSource } from '../../scripts/build-noise.mjs';

const hasCompiler = ((): boolean => {
  try {
    createRequire(import.meta.url).resolve('assemblyscript/package.json');
    return true;
  } catch {
    return false;
  }
})();

test.skipIf(!hasCompiler)(
  'the committed module is what its source compiles to (skipped without assemblyscript)',
  async () => {
    const committed = readFileSync(
      new URL('../../src/random/noise-wasm.ts', import.meta.url),
      'utf8',
    );
    expect(noiseSource(await compileNoise())).toBe(committed);
  },
);
