// Bundles main.ts with the workspace's sources and runs it.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'tsup';

const folder = fileURLToPath(new URL('../dist/train/', import.meta.url));
await build({
  config: false,
  entry: { main: fileURLToPath(new URL('main.ts', import.meta.url)) },
  outDir: folder,
  format: ['esm'],
  target: 'node20',
  platform: 'node',
  splitting: false,
  silent: true,
  external: ['onnxruntime-node', 'onnxruntime-web', 'bullmq', 'ioredis'],
  noExternal: [/^@floatpath\//],
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
  },
  esbuildOptions: (options) => {
    options.conditions = ['@floatpath/source'];
  },
});
await import(pathToFileURL(`${folder}main.js`).href);
