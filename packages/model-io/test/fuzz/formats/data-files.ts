import { gzipSync } from 'node:zlib';
import {
  readCifar10,
  readIdx,
  readImageFolder,
  readNpy,
  readNpz,
  datasetFromNpz,
} from '../../../src/datasets/index.js';
import { fromBase64, golden } from '../../support/golden-numpy.js';
import type { FuzzTarget } from '../harness.js';
import { mutateBytes } from '../mutate-bytes.js';
import { mutateGzip, mutateZip } from '../mutate-container.js';
import { mutateJpeg, mutatePng } from '../mutate-image.js';
import { mutateText } from '../mutate-text.js';
import { goldenImages } from '../../support/golden-images.js';
import type { Random } from '../random.js';

/** The header of a .npy file is text. */
function mutateNpy(bytes: Uint8Array, random: Random): Uint8Array {
  if (random.once(3)) return mutateBytes(bytes, random);
  const start = 10 + ((bytes[8] ?? 0) | ((bytes[9] ?? 0) << 8));
  const header = mutateText(bytes.subarray(10, start), random);
  const kept = random.once(2) ? header.subarray(0, start - 10) : header;
  const out = new Uint8Array(10 + kept.length + bytes.length - start);
  out.set(bytes.subarray(0, 10));
  out.set(kept, 10);
  out.set(bytes.subarray(start), 10 + kept.length);
  out[8] = kept.length & 0xff;
  out[9] = (kept.length >> 8) & 0xff;
  return out;
}

export const npy: FuzzTarget = {
  format: 'npy',
  seeds: Object.values(golden.npy).map(({ file }) => fromBase64(file)),
  read: readNpy,
  mutate: mutateNpy,
  place: /bytes|header|element type/,
};

export const npz: FuzzTarget = {
  format: 'npz',
  seeds: [golden.npz.stored, golden.npz.deflated].map(fromBase64),
  read: (bytes) => [readNpz(bytes), datasetFromNpz(bytes)],
  mutate: mutateZip(mutateNpy),
  place: /entry|entries|directory|bytes|header|element type|under "|shape|image \d+|labels|images/,
};

const images = fromBase64(golden.idx.images);
const labels = fromBase64(golden.idx.labels);

export const idx: FuzzTarget = {
  format: 'idx',
  seeds: [images, new Uint8Array(gzipSync(images))],
  read: (bytes) => readIdx(bytes, labels),
  mutate: (bytes, random) =>
    bytes[0] === 0x1f ? mutateGzip(images, mutateBytes)(bytes, random) : mutateBytes(bytes, random),
  place: /of images|gzip file|\d+ images|at least one image/,
};

const batch = Uint8Array.from({ length: 3 * 3073 }, (_, i) => (i % 3073 === 0 ? 7 : i % 251));

export const cifar: FuzzTarget = {
  format: 'cifar',
  seeds: [batch, new Uint8Array(gzipSync(batch))],
  read: readCifar10,
  mutate: (bytes, random) =>
    bytes[0] === 0x1f ? mutateGzip(batch, mutateBytes)(bytes, random) : mutateBytes(bytes, random),
  place: /records of 3073 bytes|gzip file|image \d+/,
};

const image = (
  format: string,
  seeds: readonly Uint8Array[],
  mutate: FuzzTarget['mutate'],
): FuzzTarget => ({
  format,
  seeds,
  read: (bytes) => readImageFolder([{ path: `a/1.${format}`, bytes }]),
  mutate,
  place: /a\/1\./,
});

export const png = image('png', goldenImages('png'), mutatePng);
export const jpeg = image('jpg', goldenImages('jpeg'), mutateJpeg);
