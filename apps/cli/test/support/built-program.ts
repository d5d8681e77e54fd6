import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The program as a file that Node runs, as deep in the package as the one that is installed: for tests that kill it. */
export async function builtProgram(): Promise<{ file: string; remove: () => void }> {
  const folder = mkdtempSync(join(root, '.program-'));
  await build({
    config: false,
    silent: true,
    entry: { main: join(root, 'src', 'main.ts') },
    outDir: folder,
    format: ['esm'],
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    platform: 'node',
    external: ['onnxruntime-node', 'onnxruntime-web', 'bullmq', 'ioredis'],
    noExternal: [/^@floatpath\//],
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
    },
    esbuildOptions(options) {
      options.conditions = ['@floatpath/source'];
    },
  });
  return {
    file: join(folder, 'main.mjs'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
