// `pnpm --filter @floatpath/core build-noise`: compiles assembly/noise.ts with AssemblyScript and writes the module,
// in base64, to src/random/noise-wasm.ts, which is committed: users and builds need no compiler.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { argv } from 'node:process';

const source = new URL('../assembly/noise.ts', import.meta.url);
const target = new URL('../src/random/noise-wasm.ts', import.meta.url);

// Fixed memory: growing would detach the views of it. 704 KiB: 65,536 values and the largest grid table.
const options =
  '-O3 --noAssert --runtime stub --enable simd --initialMemory 11 --maximumMemory 11'.split(' ');

/** Compiles the committed source. */
export async function compileNoise() {
  const { default: asc } = await import('assemblyscript/asc');
  const files = new Map([['noise.ts', readFileSync(source, 'utf8')]]);
  let binary;
  const { error, stderr } = await asc.main(['noise.ts', ...options, '--outFile', 'noise.wasm'], {
    readFile: (name) => files.get(name) ?? null,
    writeFile: (name, content) => {
      if (name === 'noise.wasm') binary = content;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(stderr.toString(), { cause: error });
  return binary;
}

/** The text of noise-wasm.ts for a module. */
export function noiseSource(binary) {
  const lines = Buffer.from(binary)
    .toString('base64')
    .match(/.{1,92}/g);
  return `// Made by scripts/build-noise.mjs from assembly/noise.ts; a test compiles it again and compares.

/** The noise kernels as a WebAssembly module of ${binary.length} bytes, in base64. */
export const noiseWasm =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(target, noiseSource(await compileNoise()));
}
