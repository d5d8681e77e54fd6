import {
  differenceFactor,
  differencePicture,
  pictureAddress,
  pictureOf,
  type Pixels,
} from '@floatpath/audit/figures';
import type { ImageShape } from '@floatpath/audit/explore';

const BRIGHT = 255;

/** Values of a canvas of the network's own size, channels first, in [0, 1] on the 8-bit grid: `k / 255` in float32. */
export function valuesOfCanvas(
  canvas: HTMLCanvasElement,
  { channels, height, width }: ImageShape,
): Float32Array {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('this browser gives no 2-D canvas');
  const { data } = context.getImageData(0, 0, width, height);
  const area = width * height;
  return Float32Array.from({ length: channels * area }, (_, i) => {
    const at = 4 * (i % area);
    const channel = Math.floor(i / area);
    const value =
      channels === 1
        ? Math.round(((data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0)) / 3)
        : (data[at + channel] ?? 0);
    return Math.fround(value / BRIGHT);
  });
}

/** Pictures of an input, of an attacked one and of the change between them, as addresses that an `img` shows. */
export interface Pair {
  readonly before: string;
  readonly change: string;
  /** By how much the change is multiplied, around middle gray. */
  readonly factor: number;
  readonly after: string;
}

export function pairPictures(
  before: Float32Array,
  after: Float32Array,
  { channels, height, width }: ImageShape,
  bounds: Pixels['bounds'],
): Pair {
  const shape = [channels, height, width];
  const clean: Pixels = { shape, bounds, values: before };
  const attacked: Pixels = { shape, bounds, values: after };
  const factor = differenceFactor(clean, attacked);
  return {
    before: pictureAddress(pictureOf(clean)),
    change: pictureAddress(differencePicture(clean, attacked, factor)),
    factor,
    after: pictureAddress(pictureOf(attacked)),
  };
}

/** Draws a file's picture onto the canvas, its shorter side filling it. */
export async function drawFile(canvas: HTMLCanvasElement, file: Blob): Promise<void> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error(
      'this file is no picture that the browser can read; PNG, JPEG, WebP and GIF are',
    );
  }
  drawImage(canvas, bitmap, bitmap.width, bitmap.height);
  bitmap.close();
}

/** One of the ten digits of the strip. */
export function drawDigit(canvas: HTMLCanvasElement, strip: HTMLImageElement, digit: number): void {
  const side = strip.naturalHeight;
  const context = prepared(canvas);
  context.imageSmoothingEnabled = false;
  context.drawImage(strip, digit * side, 0, side, side, 0, 0, canvas.width, canvas.height);
}

export function clear(canvas: HTMLCanvasElement): void {
  prepared(canvas);
}

function drawImage(
  canvas: HTMLCanvasElement,
  image: CanvasImageSource,
  width: number,
  height: number,
): void {
  const context = prepared(canvas);
  const scale = Math.max(canvas.width / width, canvas.height / height);
  const [w, h] = [width * scale, height * scale];
  context.imageSmoothingEnabled = true;
  context.drawImage(image, (canvas.width - w) / 2, (canvas.height - h) / 2, w, h);
}

function prepared(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('this browser gives no 2-D canvas');
  context.fillStyle = '#000';
  context.fillRect(0, 0, canvas.width, canvas.height);
  return context;
}
