import { convertIndexedToRgb, decode, type DecodedPng } from 'fast-png';
import {
  imageError,
  requireExtent,
  type ImageFile,
  type OpenImage,
  type Samples,
} from './image-file.js';
import { pngChunks, requireStatedSize, type PngChunks } from './png-chunks.js';

const GRAY = 0;
const COLOR = 2;
const PALETTE = 3;
const GRAY_ALPHA = 4;
const COLOR_ALPHA = 6;

/** Gray samples of 1, 2 or 4 bits, packed from the left, each row in bytes of its own; as 8-bit values. */
function unpacked({ data, width, height, depth }: DecodedPng): Uint8Array {
  const perByte = 8 / depth;
  const rowBytes = Math.ceil(width / perByte);
  const highest = 2 ** depth - 1;
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const column = i % width;
    const byte = data[Math.floor(i / width) * rowBytes + Math.floor(column / perByte)] ?? 0;
    return ((byte >> (8 - depth * ((column % perByte) + 1))) & highest) * (255 / highest);
  });
}

/** The samples without their alpha channel, which must be opaque everywhere. */
function opaque(path: string, { data, highest }: Samples, channels: 1 | 3): Samples {
  const kept = new (data.constructor as new (size: number) => Samples['data'])(
    (data.length / (channels + 1)) * channels,
  );
  for (let from = 0, to = 0; from < data.length; from += 1) {
    if (from % (channels + 1) < channels) kept[to++] = data[from] as number;
    else if (data[from] !== highest)
      throw imageError(
        'unsupported-format',
        path,
        'expected an opaque image, got transparent pixels; put it on a background first',
      );
  }
  return { data: kept, highest };
}

function samplesOf(path: string, chunks: PngChunks, image: DecodedPng): Samples {
  if (chunks.colorType === PALETTE) {
    const samples: Samples = { data: convertIndexedToRgb(image), highest: 255 };
    return chunks.transparent ? opaque(path, samples, 3) : samples;
  }
  if (image.depth < 8) return { data: unpacked(image), highest: 255 };
  const samples: Samples = {
    data: image.data as Uint8Array | Uint16Array,
    highest: image.depth === 16 ? 65535 : 255,
  };
  if (chunks.colorType === GRAY_ALPHA) return opaque(path, samples, 1);
  return chunks.colorType === COLOR_ALPHA ? opaque(path, samples, 3) : samples;
}

/**
 * A PNG file up to its pixels. Palettes become color, bits fewer than 8 become 8-bit values.
 *
 * @throws {FloatpathError} `malformed-file`, `unsupported-format`, naming the file
 */
export function openPng({ path, bytes }: ImageFile): OpenImage {
  const chunks = pngChunks(path, bytes);
  const { width, height, depth, colorType } = chunks;
  requireExtent(path, width, height);
  if (chunks.transparent && (colorType === GRAY || colorType === COLOR))
    throw imageError(
      'unsupported-format',
      path,
      'expected an opaque image, got one with a transparent color',
    );
  if (chunks.interlaced && depth < 8)
    throw imageError(
      'unsupported-format',
      path,
      `expected ${depth}-bit pixels that are not interlaced; save it without interlacing`,
    );
  return {
    path,
    width,
    height,
    channels: colorType === GRAY || colorType === GRAY_ALPHA ? 1 : 3,
    decode() {
      requireStatedSize(path, chunks);
      try {
        return samplesOf(path, chunks, decode(chunks.bytes, { checkCrc: true }));
      } catch (cause) {
        if (cause instanceof Error && 'code' in cause) throw cause;
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw imageError('malformed-file', path, `expected a PNG image, got "${reason}"`, cause);
      }
    },
  };
}
