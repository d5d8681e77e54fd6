import { areaOf, centroid, clip, type Point, type Polygon } from '@floatpath/activation-patterns';
import type { RegionMap } from '../regions-recipe.js';
import { FIGURE_WIDTH, figureSvg, textAt, type FigureTable } from './figure.js';
import { figureFile } from './figure-file.js';
import { element, textNode } from './markup.js';

/** Hues of labels as far apart as their order allows; the labels themselves stand on the map too. */
const hueOf = (label: number): number => (label * 137.5) % 360;

/** Labels on less than this share of the map carry no text. */
const TEXT_SHARE = 0.002;

type Drawn = Pick<
  RegionMap,
  'plane' | 'names' | 'window' | 'frame' | 'regions' | 'reach' | 'pieces'
>;

/** The linear regions of a plane: every region's border, filled by the label predicted there; the three images are marked. */
export function regionFigure(map: Drawn): string {
  const { plane, names, frame, pieces } = map;
  const [low, , high] = frame as readonly [Point, Point, Point, Point];
  const scale = FIGURE_WIDTH / (high[0] - low[0]);
  // Upward is positive.
  const place = ([s, t]: Point): Point => [(s - low[0]) * scale, (high[1] - t) * scale];
  const path = (polygon: Polygon): string =>
    `M${polygon
      .map((point) =>
        place(point)
          .map((v) => v.toFixed(2))
          .join(' '),
      )
      .join('L')}Z`;
  const whole = areaOf(frame);
  const drawn = pieces.flatMap(({ label, polygon }) => {
    const part = withinFrame(polygon, low, high);
    return part ? [{ label, polygon: part }] : [];
  });
  const labels = [...new Set(drawn.map(({ label }) => label))].sort((a, b) => a - b);
  const fills = labels.map((label) =>
    element('path', {
      d: drawn
        .filter((piece) => piece.label === label)
        .map(({ polygon }) => path(polygon))
        .join(''),
      fill: `hsl(${hueOf(label)} 55% 60% / .45)`,
    }),
  );
  const borders = element('path', {
    d: map.regions
      .flatMap(({ polygon }) => {
        const part = withinFrame(polygon, low, high);
        return part ? [path(part)] : [];
      })
      .join(''),
    class: 'axis',
    'stroke-width': '0.5',
  });
  const labelled = labels.flatMap((label) => {
    const own = drawn.filter((piece) => piece.label === label).map(({ polygon }) => polygon);
    const area = own.reduce((sum, polygon) => sum + areaOf(polygon), 0);
    if (area < TEXT_SHARE * whole) return [];
    const [x, y] = place(middleOf(own, area));
    return [textAt(x, y, String(label), { anchor: 'middle', class: 'soft strong' })];
  });
  const marks = plane.points.flatMap((point, k) => {
    const [x, y] = place(point);
    if (!(x >= 0 && x <= FIGURE_WIDTH && y >= 0 && y <= FIGURE_WIDTH)) return [];
    const right = x > FIGURE_WIDTH / 2;
    const title = element('title', {}, textNode(names[k] as string));
    return [
      element('circle', { cx: x, cy: y, r: 4, class: 'ring' }, title),
      textAt(x + (right ? -7 : 7), y + 4, names[k] as string, {
        anchor: right ? 'end' : 'start',
        class: 'small strong',
      }),
    ].join('');
  });
  return figureSvg(
    {
      title: `Linear regions on the plane through ${names.join(', ')}`,
      description: regionSentence(map),
      height: FIGURE_WIDTH,
    },
    [...fills, borders, ...labelled, ...marks],
  );
}

/** A point of several polygons: in the middle of the one nearest to the middle of all. */
function middleOf(polygons: readonly Polygon[], area: number): Point {
  const middles = polygons.map((polygon) => ({ at: centroid(polygon), area: areaOf(polygon) }));
  const mean = (axis: 0 | 1): number =>
    middles.reduce((sum, { at, area: own }) => sum + at[axis] * own, 0) / area;
  const [s, t] = [mean(0), mean(1)];
  const away = ([x, y]: Point): number => Math.hypot(x - s, y - t);
  return middles.reduce((a, b) => (away(b.at) < away(a.at) ? b : a)).at;
}

/** The part of a polygon within a frame; undefined where that has no inside. */
const withinFrame = (polygon: Polygon, low: Point, high: Point): Polygon | undefined =>
  clip(polygon, [
    [-low[0], 1, 0],
    [high[0], -1, 0],
    [-low[1], 0, 1],
    [high[1], 0, -1],
  ]);

/** The same as a file of its own, with its style and a background. */
export function regionFile(map: Drawn): string {
  return figureFile(regionFigure(map));
}

function regionSentence({ names, regions, reach, pieces }: Drawn): string {
  const labels = new Set(pieces.map(({ label }) => label)).size;
  const drawn =
    reach === null
      ? ''
      : ` Drawn are the nearest to ${names[0]}, all within ${reach.toPrecision(3)}.`;
  return `${reach === null ? '' : 'More than '}${regions.length} linear regions, ${labels} label${labels === 1 ? '' : 's'}.${drawn} Distances are l2 in input units.`;
}

/** Area and number of pieces per label. */
export function regionTable({ pieces, window }: Drawn): FigureTable {
  const labels = [...new Set(pieces.map(({ label }) => label))].sort((a, b) => a - b);
  const whole = areaOf(window);
  return {
    caption: 'Labels on the plane',
    columns: ['label', 'share of the window', 'linear pieces'],
    rows: labels.map((label) => {
      const own = pieces.filter((piece) => piece.label === label);
      const area = own.reduce((sum, { polygon }) => sum + areaOf(polygon), 0);
      return [String(label), `${((100 * area) / whole).toFixed(1)} %`, String(own.length)];
    }),
  };
}
