import { defineConfig } from 'vitest/config';

const tests = (folder: string): string[] => [
  `${folder}/src/**/*.test.ts`,
  `${folder}/test/**/*.test.ts`,
];

/** Whose tests import nearly everything: the files of one worker share what is loaded, which nothing changes. */
const wide = ['apps/cli', 'packages/audit', 'packages/sc-rfp'].flatMap(tests);

export default defineConfig({
  resolve: { conditions: ['@floatpath/source'] },
  ssr: { resolve: { conditions: ['@floatpath/source'] } },
  test: {
    setupFiles: ['scripts/test-seed.ts'],
    reporters: ['default', './scripts/closing-line.ts'],
    pool: 'threads',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: 'wide', include: wide, isolate: false, benchmark: { include: [] } },
      },
      {
        extends: true,
        test: {
          name: 'narrow',
          include: [
            ...['packages/*', 'apps/*'].flatMap(tests),
            'examples/**/*.test.ts',
            'experiments/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', ...wide],
        },
      },
    ],
  },
});
