// Puts what the bundled onnxruntime-web loads at run time beside it: the plain CPU build of the WebAssembly runtime, one of
// the five that the package holds. Whoever has no native runtime then needs nothing else installed.
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

for (const name of ['ort-wasm-simd-threaded.wasm', 'ort-wasm-simd-threaded.mjs'])
  copyFileSync(require.resolve(`onnxruntime-web/${name}`), here(`../dist/${name}`));
copyFileSync(here('../../../NOTICE'), here('../dist/NOTICE'));
