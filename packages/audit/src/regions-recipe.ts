import {
  linearRegions,
  planeThrough,
  windowAround,
  winnersOn,
  type Analysis,
  type LinearRegion,
  type Plane,
  type Point,
  type Polygon,
} from '@floatpath/activation-patterns';
import { FloatpathError, rowsOf, type Float32Tensor, type RunOptions } from '@floatpath/core';
import { threeDown } from './at-most.js';

export interface RegionsRequest {
  /** Identities of the three images that the plane goes through. */
  readonly plane: readonly [number, number, number];
  /** How much wider than the three points the window is, in its sides. */
  readonly margin: number;
  /** Regions after which the count stops. */
  readonly most: number;
}

/** A piece of a linear region where one label is predicted. */
export interface LabelledPiece {
  readonly label: number;
  readonly polygon: Polygon;
}

export interface RegionMap {
  readonly plane: Plane;
  /** What the three inputs are called. */
  readonly names: readonly [string, string, string];
  readonly window: Polygon;
  readonly regions: readonly LinearRegion[];
  /** False where the count stopped at `most`: there are more. */
  readonly complete: boolean;
  /** Every region nearer to the first input than this is there, l2 in input units; null where all are. */
  readonly reach: number | null;
  /** What is drawn: the window, or the square within it around the first input that the regions reach. */
  readonly frame: Polygon;
  /** The regions cut along the decision boundaries. */
  readonly pieces: readonly LabelledPiece[];
  /** Units that are not the same on the whole window, per gate. */
  readonly switching: readonly {
    readonly gate: string;
    readonly units: number;
    readonly switched: number;
  }[];
}

/**
 * The linear regions of a network on the plane through three images, from the first of them outward, and the labels on it.
 *
 * @param images - in the network's input shape; @param ids - their identities
 * @throws {FloatpathError} `invalid-argument` for an image that is not there, and for three on one line
 */
export async function regionMap(
  analysis: Analysis,
  data: { readonly images: Float32Tensor; readonly ids: Uint32Array },
  { plane: images, ...limits }: RegionsRequest,
  options: RunOptions = {},
): Promise<RegionMap> {
  const inputs = images.map((id) => imageOf(data, id)) as [
    Float32Tensor,
    Float32Tensor,
    Float32Tensor,
  ];
  const names = images.map((id) => `image ${id}`) as [string, string, string];
  return mapThrough(analysis, inputs, names, limits, options);
}

/**
 * The linear regions on the plane through three inputs, from the first of them outward, and the labels on it.
 *
 * @throws {FloatpathError} `invalid-argument` for three inputs on one line
 */
export async function mapThrough(
  analysis: Analysis,
  inputs: readonly [Float32Tensor, Float32Tensor, Float32Tensor],
  names: RegionMap['names'],
  { margin, most }: Pick<RegionsRequest, 'margin' | 'most'>,
  { signal, onProgress }: RunOptions = {},
): Promise<RegionMap> {
  const plane = planeThrough(analysis, inputs);
  const window = windowAround(plane, margin);
  const regions: LinearRegion[] = [];
  let reach: number | null = null;
  for (const region of linearRegions(analysis, plane, window, plane.points[0])) {
    if (regions.length === most) {
      reach = region.distance;
      break;
    }
    regions.push(region);
    if (regions.length % PAUSE !== 0) continue;
    onProgress?.({ stage: 'regions', done: regions.length, total: most });
    signal?.throwIfAborted();
    await new Promise((resolve) => {
      setTimeout(resolve, 0);
    });
  }
  onProgress?.({ stage: 'regions', done: regions.length, total: regions.length });
  const pieces = regions.flatMap(({ polygon, logits }) =>
    winnersOn(
      polygon,
      logits.map((form, piece) => ({ piece, form })),
      1,
    ).map(({ piece, polygon: part }): LabelledPiece => ({ label: piece, polygon: part })),
  );
  return {
    plane,
    names,
    window,
    regions,
    complete: reach === null,
    reach,
    frame: frameOf(window, plane.points[0], reach),
    pieces,
    switching: switchingOf(analysis, regions),
  };
}

function frameOf(window: readonly Point[], [s, t]: Point, reach: number | null): Polygon {
  const [low, , high] = window as readonly [Point, Point, Point, Point];
  const isIn = (half: number): boolean =>
    s - half >= low[0] && t - half >= low[1] && s + half <= high[0] && t + half <= high[1];
  if (reach === null || reach === 0 || !isIn(reach)) return window;
  return [
    [s - reach, t - reach],
    [s + reach, t - reach],
    [s + reach, t + reach],
    [s - reach, t + reach],
  ];
}

/** Regions between looks at the signal. */
const PAUSE = 50;

function imageOf(
  { images, ids }: { readonly images: Float32Tensor; readonly ids: Uint32Array },
  id: number,
): Float32Tensor {
  const row = ids.indexOf(id);
  if (row >= 0) return rowsOf(images, row, row + 1);
  throw new FloatpathError(
    'invalid-argument',
    `regions: expected images ${ids[0] ?? 'none'} to ${ids.at(-1) ?? 'none'}, got ${id}; --limit and --skip say which are read`,
  );
}

function switchingOf(
  { layout }: Analysis,
  regions: readonly LinearRegion[],
): RegionMap['switching'] {
  const [first] = regions;
  const float = new Uint8Array(layout.units);
  for (const { selections } of regions) {
    for (let unit = 0; unit < float.length; unit += 1) {
      if (selections[unit] !== first?.selections[unit]) float[unit] = 1;
    }
  }
  return layout.gates.map(({ name, start, units }) => ({
    gate: name,
    units,
    switched: float.subarray(start, start + units).reduce((sum, mark) => sum + mark, 0),
  }));
}

/** The counts, for a terminal. */
export function regionLines({ names, regions, reach, pieces, switching }: RegionMap): string[] {
  const labels = [...new Set(pieces.map(({ label }) => label))].sort((x, y) => x - y);
  return [
    `plane through ${names.join(', ')}: ${reach === null ? '' : 'more than '}${regions.length} linear regions, labels ${labels.join(', ')}`,
    ...(reach === null
      ? []
      : [
          `  these are the nearest to ${names[0]}: all within an l2 distance of ${threeDown(reach)} of it`,
          '  the picture shows no others; a larger --most goes further',
        ]),
    ...switching.map(
      ({ gate, units, switched }) => `  ${gate}: ${switched} of ${units} neurons switch on it`,
    ),
  ];
}
