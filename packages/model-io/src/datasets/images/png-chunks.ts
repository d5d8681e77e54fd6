import { Unzlib } from 'fflate';
import { imageError } from './image-file.js';

/** What decides the pixels. Others (profiles, text, times) are skipped, so that nothing in them is unpacked. */
const kept: ReadonlySet<string> = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

export interface PngChunks {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colorType: number;
  readonly interlaced: boolean;
  readonly transparent: boolean;
  /** The file without the chunks that do not matter. */
  readonly bytes: Uint8Array;
  /** The compressed pixels, in pieces. */
  readonly data: readonly Uint8Array[];
}

/**
 * Walks over the chunks of a PNG file.
 *
 * @throws {FloatpathError} `malformed-file`, naming the file
 */
export function pngChunks(path: string, bytes: Uint8Array): PngChunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [bytes.subarray(0, 8)];
  const data: Uint8Array[] = [];
  const types: string[] = [];
  for (let at = 8; types.at(-1) !== 'IEND';) {
    const length = at + 12 <= bytes.length ? view.getUint32(at) : Infinity;
    if (at + 12 + length > bytes.length)
      throw imageError(
        'malformed-file',
        path,
        'expected a whole PNG file, got one that ends early',
      );
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (kept.has(type)) parts.push(bytes.subarray(at, at + 12 + length));
    else if (/^[A-Z]/.test(type))
      throw imageError('malformed-file', path, `expected known chunks, got "${type}"`);
    if (type === 'IDAT') data.push(bytes.subarray(at + 8, at + 8 + length));
    types.push(type);
    at += 12 + length;
  }
  if (types[0] !== 'IHDR' || data.length === 0 || view.getUint32(8) !== 13)
    throw imageError('malformed-file', path, 'expected a PNG file with header and pixels');
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    depth: bytes[24] ?? 0,
    colorType: bytes[25] ?? 0,
    interlaced: bytes[28] !== 0,
    transparent: types.includes('tRNS'),
    bytes: whole,
    data,
  };
}

const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** First column, first row, column step, row step of the passes of an interlaced image (Adam7). */
const passes: readonly (readonly [number, number, number, number])[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** Bytes of the pixels as the header states them, one filter byte per row included. */
function rawSize({ width, height, depth, colorType, interlaced }: PngChunks): number {
  const bits = depth * (channelsOf[colorType] ?? 0);
  return (interlaced ? passes : [[0, 0, 1, 1] as const]).reduce((size, [x, y, dx, dy]) => {
    const columns = Math.ceil((width - x) / dx);
    const rows = Math.ceil((height - y) / dy);
    return columns < 1 || rows < 1 ? size : size + rows * (1 + Math.ceil((columns * bits) / 8));
  }, 0);
}

/**
 * Unpacks the pixels piece by piece, keeping nothing, to see that they have the size that the header states.
 *
 * @throws {FloatpathError} `malformed-file`, naming the file
 */
export function requireStatedSize(path: string, chunks: PngChunks): void {
  const expected = rawSize(chunks);
  let size = 0;
  const wrong = (got: string, cause?: unknown): Error =>
    imageError('malformed-file', path, `expected ${expected} bytes of pixels, got ${got}`, cause);
  const inflator = new Unzlib((piece) => {
    size += piece.length;
    if (size > expected) throw wrong('more');
  });
  const PIECE = 1 << 12;
  try {
    for (const part of chunks.data) {
      for (let at = 0; at < part.length; at += PIECE) inflator.push(part.subarray(at, at + PIECE));
    }
    inflator.push(new Uint8Array(), true);
  } catch (cause) {
    if (size > expected) throw cause;
    throw wrong('damaged ones', cause);
  }
  if (size !== expected) throw wrong(`${size}`);
}
