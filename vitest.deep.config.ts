import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.js';

const HOUR = 3_600_000;

/** What takes minutes and writes evidence/: `npm run test:deep`. */
const deep = mergeConfig(base, defineConfig({ test: { testTimeout: HOUR, hookTimeout: HOUR } }));
deep.test.include = ['packages/*/test/**/*.deep.ts', 'apps/*/test/**/*.deep.ts'];

export default deep;
