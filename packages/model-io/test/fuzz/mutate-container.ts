import { gzipSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';
import { mutateBytes, joined, overwritten } from './mutate-bytes.js';
import type { Random } from './random.js';

type Mutate = (bytes: Uint8Array, random: Random) => Uint8Array;

/** Damages what a gzip file holds, or the file itself. */
export const mutateGzip =
  (contents: Uint8Array, mutate: Mutate): Mutate =>
  (file, random) =>
    random.once(4) ? mutateBytes(file, random) : new Uint8Array(gzipSync(mutate(contents, random)));

/** Damages an entry of a zip archive and packs it again, leaves entries out, or damages headers. */
export const mutateZip =
  (mutate: Mutate): Mutate =>
  (file, random) => {
    if (random.once(3))
      return random.once(2) ? overwritten(file, random) : mutateBytes(file, random);
    const entries: [string, Uint8Array][] = Object.entries(unzipSync(file));
    const here = random.below(entries.length);
    const [name, contents] = entries[here] as [string, Uint8Array];
    random.pick([
      () => void (entries[here] = [name, mutate(contents, random)]),
      () => void (entries[here] = [name, mutate(contents, random)]),
      () => void entries.splice(here, 1),
      () =>
        void entries.push([
          random.pick(['x.npy', '../x.npy', '', 'a/', name.toUpperCase()]),
          contents,
        ]),
    ])();
    const packed = zipSync(Object.fromEntries(entries) as Record<string, Uint8Array<ArrayBuffer>>, {
      level: random.pick([0, 6]),
      mtime: new Date(1980, 0, 1),
    });
    return random.once(5) ? joined(packed, mutateBytes(contents, random).subarray(0, 100)) : packed;
  };
