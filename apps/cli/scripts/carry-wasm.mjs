// Puts what the bundled onnxruntime-web loads at run time beside it: the plain CPU build of the WebAssembly runtime, one of
// the five that the package holds. Whoever has no native runtime then needs nothing else installed.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const runtime = (name) => require.resolve(`onnxruntime-web/${name}`);

const [wasm, glue] = ['ort-wasm-simd-threaded.wasm', 'ort-wasm-simd-threaded.mjs'];
copyFileSync(runtime(wasm), here(`../dist/${wasm}`));
// The glue is one long line, in which publint takes a string for a comment and misses the export; this one it sees.
writeFileSync(here(`../dist/${glue}`), `export {};\n${readFileSync(runtime(glue), 'utf8')}`);
copyFileSync(here('../../../NOTICE'), here('../dist/NOTICE'));
