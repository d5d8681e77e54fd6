import { defineConfig } from 'vitest/config';

// Tests import ONNX Runtime by themselves; it is to send nothing to its maker.
process.env['ORT_DISABLE_TELEMETRY'] ??= '1';

export default defineConfig({
  resolve: { conditions: ['@floatpath/source'] },
  ssr: { resolve: { conditions: ['@floatpath/source'] } },
  test: {
    setupFiles: ['scripts/test-seed.ts'],
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'apps/*/test/**/*.test.ts',
      'examples/**/*.test.ts',
      'experiments/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    reporters: ['default', './scripts/closing-line.ts'],
    pool: 'threads',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
