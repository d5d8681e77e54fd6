import { defineConfig } from 'tsup';

/** Bundles the workspace's sources, so that a changed file needs this one build and no other. */
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
  banner: { js: '#!/usr/bin/env node' },
  external: [/^onnxruntime-/],
  noExternal: [/^@floatpath\//],
  esbuildOptions(options) {
    options.conditions = ['@floatpath/source'];
  },
});
