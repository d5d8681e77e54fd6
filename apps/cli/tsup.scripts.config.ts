import { defineConfig, type Options } from 'tsup';
import program from './tsup.config.js';

/** Bundles the scripts that need the workspace's sources; the next build of the program takes them away again. */
export default defineConfig({
  ...(program as Options),
  entry: { 'calibrate-bundled': 'scripts/calibrate-bundled.ts' },
  splitting: false,
  clean: false,
});
