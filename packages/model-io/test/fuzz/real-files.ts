import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const shared = new URL('../../../../../shared/networks/', import.meta.url);

/** Third-party files of the test set, unpacked; none where the set is missing. */
export function realFiles(...paths: readonly string[]): Uint8Array[] {
  return paths.flatMap((path) => {
    const url = new URL(path, shared);
    if (!existsSync(url)) return [];
    const bytes = readFileSync(url);
    return [new Uint8Array(path.endsWith('.gz') ? gunzipSync(bytes) : bytes)];
  });
}
