/** An input of any shape as channels of height times width: the last axis is the width, the one before it the height. */
export interface ImageView {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** `[C, H, W]` as it is; `[H, W]` one channel; `[n]` one row of one channel; more axes: all but the last two are channels. */
export function imageView(shape: readonly number[]): ImageView {
  const width = shape.at(-1) ?? 1;
  const height = shape.at(-2) ?? 1;
  const channels = shape.slice(0, -2).reduce((product, extent) => product * extent, 1);
  return { channels, height, width };
}

/** A rectangle of an image. */
export interface Window {
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
}

/** Calls `visit` with the flat index of each element of one channel of the window, and its place in the window. */
export function visitWindow(
  { height, width }: ImageView,
  { top, left, rows, columns }: Window,
  channel: number,
  visit: (index: number, place: number) => void,
): void {
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      visit((channel * height + top + row) * width + left + column, row * columns + column);
    }
  }
}

/**
 * The extents of a window of `area` elements: a square where the image has room for it, else as wide or as high as the image,
 * and of about the same area. Square's bumps want odd sides from 3 on.
 */
export function windowExtents(
  { height, width }: ImageView,
  area: number,
  odd: boolean,
): Pick<Window, 'rows' | 'columns'> {
  const rounded = Math.round(Math.sqrt(area));
  const side = odd ? Math.max(3, rounded + 1 - (rounded % 2)) : Math.max(1, rounded);
  if (side <= height && side <= width) return { rows: side, columns: side };
  const fit = (across: number, extent: number): number =>
    Math.min(extent, Math.max(1, Math.round(area / across)));
  return height < width
    ? { rows: Math.min(side, height), columns: fit(Math.min(side, height), width) }
    : { rows: fit(Math.min(side, width), height), columns: Math.min(side, width) };
}
