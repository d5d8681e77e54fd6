import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

const HOUR = 3_600_000;

/** What takes minutes and writes evidence/: `npm run test:deep`. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: [
      'packages/*/test/**/*.deep.ts',
      'apps/*/test/**/*.deep.ts',
      'experiments/**/*.deep.ts',
    ],
    testTimeout: HOUR,
    hookTimeout: HOUR,
  },
});
