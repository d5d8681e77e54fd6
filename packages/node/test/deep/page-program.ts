import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** A module beside these tests as one program for a page, from the packages' sources. */
export async function pageProgram(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: dirname(fileURLToPath(import.meta.url)) },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['@floatpath/source'],
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}
