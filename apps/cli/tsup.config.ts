import { defineConfig } from 'tsup';

/**
 * Bundles the workspace's sources, so that a changed file needs this one build and no other, and everything that the program
 * runs on but the native runtime, so that installing it is one download.
 */
export default defineConfig({
  // The worker is an entry of its own: threads are started from its file.
  entry: { main: 'src/main.ts', 'counting-worker': '../../packages/node/src/counting-worker.ts' },
  format: ['esm'],
  target: 'node20',
  platform: 'node',
  dts: false,
  sourcemap: true,
  clean: true,
  treeshake: true,
  splitting: true,
  // For scripts/third-party-licenses.mjs, which takes it away again.
  metafile: true,
  banner: {
    // Bundled CommonJS asks for Node's own modules by `require`, which ES modules do not have.
    js: "#!/usr/bin/env node\nimport { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
  },
  external: ['onnxruntime-node', 'bullmq', 'ioredis'],
  noExternal: [/^@floatpath\//],
  esbuildOptions(options) {
    options.conditions = ['@floatpath/source'];
  },
});
