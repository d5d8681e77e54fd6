import { decode } from 'jpeg-js';
import {
  imageError,
  requireExtent,
  type ImageFile,
  type OpenImage,
  type Samples,
} from './image-file.js';

const SCAN = 0xda;
const END = 0xd9;
/** As many as encoders ever write; each passes over the whole image. */
const MOST_SCANS = 64;

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

/** Start of frame: C0 to CF but for the tables (C4, CC) and the reserved C8. */
const startsFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Every block of 8 x 8 pixels takes at least one bit of the first scan. */
const PIXELS_PER_BYTE = 8 * 64;

/** Walks over the segments up to the frame header. */
function frameOf(path: string, bytes: Uint8Array): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 10 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (startsFrame(marker)) {
      if (marker > 0xc2 || bytes[at + 4] !== 8)
        throw imageError(
          'unsupported-format',
          path,
          'expected a baseline or progressive JPEG of 8 bits, got another kind; save it again',
        );
      const components = bytes[at + 9] ?? 0;
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7), components };
    }
    if (marker === SCAN) break;
    at += 2 + view.getUint16(at + 2);
  }
  throw imageError('malformed-file', path, 'expected a JPEG file with a frame header, got none');
}

/** The decoder fills in what is missing: a file that was cut has no end marker. */
function requireWhole(path: string, bytes: Uint8Array): void {
  let scans = 0;
  let ends = false;
  for (let at = 2; at + 1 < bytes.length; at += 1) {
    if (bytes[at] !== 0xff) continue;
    if (bytes[at + 1] === SCAN) scans += 1;
    if (bytes[at + 1] === END) ends = scans > 0;
  }
  if (!ends)
    throw imageError('malformed-file', path, 'expected a whole JPEG file, got one that ends early');
  if (scans > MOST_SCANS)
    throw imageError('malformed-file', path, `expected at most ${MOST_SCANS} scans, got ${scans}`);
}

/**
 * A JPEG file up to its pixels, gray or color. Decoders differ by a few of 255 steps (color is upsampled in several ways):
 * PNG and npz hold the exact pixels that a result is about.
 *
 * @throws {FloatpathError} `malformed-file`, `unsupported-format`, naming the file
 */
export function openJpeg({ path, bytes }: ImageFile): OpenImage {
  const { width, height, components } = frameOf(path, bytes);
  requireExtent(path, width, height);
  if (width * height > bytes.length * PIXELS_PER_BYTE)
    throw imageError(
      'malformed-file',
      path,
      `expected an image that ${bytes.length} bytes can hold, got ${width} x ${height}`,
    );
  if (components !== 1 && components !== 3)
    throw imageError(
      'unsupported-format',
      path,
      `expected a gray or color JPEG, got ${components} components; save it as RGB`,
    );
  return {
    path,
    width,
    height,
    channels: components,
    decode(): Samples {
      requireWhole(path, bytes);
      try {
        const { data } = decode(bytes, {
          useTArray: true,
          formatAsRGBA: false,
          tolerantDecoding: false,
          maxMemoryUsageInMB: 2048,
        });
        // The decoder gives gray as three equal channels.
        return {
          data: components === 3 ? data : data.filter((_, i) => i % 3 === 0),
          highest: 255,
        };
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw imageError('malformed-file', path, `expected a JPEG image, got "${reason}"`, cause);
      }
    },
  };
}
