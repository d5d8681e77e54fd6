import { readFileSync } from 'node:fs';

/** The program's version; the manifest lies one folder above the sources and above the built program. */
export function readVersion(): string {
  const manifest = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  return manifest.version;
}
