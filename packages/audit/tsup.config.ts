import { defineConfig } from 'tsup';
import { libraryBuild } from '../../tsup.preset.js';

export default defineConfig(
  libraryBuild({
    index: 'src/index.ts',
    figures: 'src/figures/index.ts',
    explore: 'src/explore/index.ts',
  }),
);
