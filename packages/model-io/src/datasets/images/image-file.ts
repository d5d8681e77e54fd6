import { FloatpathError, type ErrorCode } from '@floatpath/core';

/** A file of an image folder. */
export interface ImageFile {
  /** Relative to the folder, with forward slashes: `cat/0001.png`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** An image whose header is read and whose pixels are not. */
export interface OpenImage {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** 1 for gray, 3 for color; an opaque alpha channel is left out. */
  readonly channels: 1 | 3;
  decode(): Samples;
}

/** Row-major samples `[height, width, channels]` from 0 to `highest`. */
export interface Samples {
  readonly data: Uint8Array | Uint16Array;
  readonly highest: 255 | 65535;
}

/** Larger than what classifiers take: a small file that claims more would ask for memory, not show a picture. */
export const MOST_PIXELS = 2 ** 22;

export const imageError = (
  code: ErrorCode,
  path: string,
  message: string,
  cause?: unknown,
): FloatpathError =>
  new FloatpathError(
    code,
    `readImageFolder: ${message} in "${path}"`,
    cause === undefined ? {} : { cause },
  );

/** @throws {FloatpathError} `malformed-file` */
export function requireExtent(path: string, width: number, height: number): void {
  if (width >= 1 && height >= 1 && width * height <= MOST_PIXELS) return;
  throw imageError(
    'malformed-file',
    path,
    `expected an image of 1 to ${MOST_PIXELS} pixels, got ${width} x ${height}`,
  );
}
