import { defineConfig } from 'tsup';
import { libraryBuild } from '../../tsup.preset.js';

export default defineConfig({
  ...libraryBuild({ index: 'src/index.ts', 'counting-worker': 'src/counting-worker.ts' }),
  platform: 'node',
});
