import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Node cannot run TypeScript in a worker, so the sources are bundled where the runtimes can be resolved from.
 *
 * @param native - package that is imported as the native runtime
 */
export async function bundledModule(
  source: string,
  native = 'onnxruntime-node',
): Promise<{ entry: URL; remove: () => void }> {
  const folder = mkdtempSync(join(root, 'node_modules', '.counting-worker-'));
  const outfile = join(folder, 'counting-worker.mjs');
  await build({
    entryPoints: [join(root, source)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@floatpath/source'],
    alias: native === 'onnxruntime-node' ? {} : { 'onnxruntime-node': native },
    external: [native, 'onnxruntime-web', 'bullmq', 'ioredis'],
    outfile,
    logLevel: 'error',
  });
  return {
    entry: pathToFileURL(outfile),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
