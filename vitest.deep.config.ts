import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

const HOUR = 3_600_000;
const { projects: _, ...test } = base.test ?? {};

/** What takes minutes and writes evidence/: `npm run test:deep`. */
export default defineConfig({
  ...base,
  test: {
    ...test,
    include: [
      'packages/*/test/**/*.deep.ts',
      'apps/*/test/**/*.deep.ts',
      'experiments/**/*.deep.ts',
    ],
    testTimeout: HOUR,
    hookTimeout: HOUR,
  },
});
