import { defineConfig } from 'tsup';
import { libraryBuild } from '../../tsup.preset.js';

export default defineConfig(
  libraryBuild({
    index: 'src/index.ts',
    ort: 'src/ort.ts',
    tfjs: 'src/tfjs.ts',
    conformance: 'src/conformance.ts',
  }),
);
