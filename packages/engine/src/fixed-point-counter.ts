import {
  argmaxRows,
  float32Tensor,
  float64Tensor,
  FloatpathError,
  GRID_STEPS,
  type Bounds,
  type Engine,
  type Float32Tensor,
  type Kernel,
  type LabelCounter,
  type Network,
  type NoiseRows,
} from '@floatpath/core';
import { fixedPointLayer, fixedPointNames, type FixedPointLayer } from './fixed-point-layer.js';
import { toFloat32 } from './float32-output.js';
import { requireGridEngine } from './grid-engine.js';

/** What the first layer makes of one batch of noise, and where the clip may act on it. */
interface Response {
  /** `[rows, outputs]` */
  readonly sums: Float64Array;
  /** Row, coordinate and value of every noise value that some center takes out of the clip. */
  readonly far: readonly { readonly row: number; readonly at: number; readonly noise: number }[];
}

/** The input that was counted last: the batches of one image follow each other. */
interface Center {
  readonly x: Float32Array;
  readonly levels: Float64Array;
  /** B + W u */
  readonly sums: Float64Array;
}

interface Loaded {
  readonly clip: readonly [number, number];
  readonly layer: FixedPointLayer;
  readonly response: Kernel;
  readonly rest: Kernel;
}

type GridRows = Extract<NoiseRows, { readonly arithmetic: 'grid' }>;

/**
 * Counts which class wins under noise on the 8-bit grid for the network with its first layer in fixed point
 * ({@link FixedPointLayer}), which is the f that its counts speak of: another function than the float32 network's, of the
 * grid point alone like that one, so `arithmetic` is `grid`.
 *
 * What the first layer makes of a batch of noise is kept as long as the batch's `values` live, so that counting many images
 * on the same draws costs the rest of the network per image. Rows in which the clip acts get the exact sum over the clipped
 * levels: the integer terms that the clip changed are exchanged. Each draw is worth what it is in a direct evaluation.
 *
 * Needs an engine with float64: ONNX Runtime or the reference.
 *
 * @param network - folded, one input, first output `[batch, classes]` logits
 * @throws {FloatpathError} from `countLabels`: `unsupported-op` as {@link fixedPointLayer}, `invalid-argument` for float
 * noise or an input outside the bounds, `not-finite` if a logit is NaN (nothing is counted then)
 */
export function createFixedPointCounter(
  engine: Engine,
  network: Network,
  options: { readonly bounds: Bounds },
): LabelCounter & AsyncDisposable {
  const { bounds } = options;
  const [output] = network.outputs;
  const classes = Number(output?.shape.at(-1));
  const responses = new WeakMap<Float32Array, Response>();
  let loading: Promise<Loaded> | undefined;
  let last: Center | undefined;

  async function load(clip: Loaded['clip']): Promise<Loaded> {
    requireGridEngine('countLabels', engine, 'grid');
    const layer = fixedPointLayer(network, bounds, clip);
    const response = await engine.load(layer.response);
    return { clip, layer, response, rest: await engine.load(layer.rest) };
  }

  async function logits(
    { rest }: Loaded,
    center: Float64Array,
    sums: Float64Array,
  ): Promise<Float32Tensor> {
    const width = center.length;
    const fetches = await rest.run({
      [fixedPointNames.center]: float64Tensor([1, width], center),
      [fixedPointNames.response]: float64Tensor([sums.length / width, width], sums),
    });
    const name = rest.network.outputs[0]?.name ?? '';
    return toFloat32(fetches[name], name);
  }

  return {
    names: [output?.name ?? ''],
    classes,
    async countLabels(x, noise) {
      if (noise.arithmetic !== 'grid') {
        throw new FloatpathError(
          'invalid-argument',
          'countLabels: expected grid noise for a first layer in fixed point, got float noise',
        );
      }
      loading ??= load(noise.clip);
      const loaded = await loading;
      requireClip(loaded, noise);
      if (last === undefined || !sameValues(last.x, x.data)) {
        const levels = levelsOf(x, bounds);
        last = { x: x.data.slice(), levels, sums: centerOf(loaded.layer, levels) };
      }
      const { levels, sums: center } = last;
      const counts = new Uint32Array(classes);
      if (noise.rows === 0) return [counts];
      let response = responses.get(noise.values);
      if (response === undefined) {
        response = await responseOf(loaded, noise);
        responses.set(noise.values, response);
      }
      const all = await logits(loaded, center, response.sums);
      const clipped = clippedRows(loaded, response, levels);
      if (clipped.rows.length > 0) {
        const again = await logits(loaded, center, clipped.sums);
        clipped.rows.forEach((row, i) => {
          all.data.set(again.data.subarray(i * classes, (i + 1) * classes), row * classes);
        });
      }
      if (all.data.some(Number.isNaN)) {
        throw new FloatpathError(
          'not-finite',
          `countLabels: expected numbers as logits, got NaN from "${network.name}"; nothing was counted`,
        );
      }
      for (const label of argmaxRows(float32Tensor([noise.rows, classes], all.data))) {
        counts[label] = (counts[label] as number) + 1;
      }
      return [counts];
    },
    async [Symbol.asyncDispose]() {
      const loaded = await loading?.catch(() => undefined);
      await loaded?.response[Symbol.asyncDispose]();
      await loaded?.rest[Symbol.asyncDispose]();
    },
  };
}

/** The layer's integers depend on the clip, so one counter has one. */
function requireClip({ clip }: Loaded, noise: GridRows): void {
  if (noise.clip[0] === clip[0] && noise.clip[1] === clip[1]) return;
  throw new FloatpathError(
    'invalid-argument',
    `countLabels: expected noise clipped to [${clip.join(', ')}], got [${noise.clip.join(', ')}]; make a counter per noise`,
  );
}

function sameValues(a: Float32Array, b: Float32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

function levelsOf(x: Float32Tensor, [low, high]: Bounds): Float64Array {
  const levels = Float64Array.from(x.data, (v) =>
    Math.round((GRID_STEPS * (v - low)) / (high - low)),
  );
  if (levels.every((level) => level >= 0 && level <= GRID_STEPS)) return levels;
  throw new FloatpathError(
    'invalid-argument',
    `countLabels: expected an input within the bounds [${low}, ${high}], got one outside`,
  );
}

/** B + W u, exact: a sum of integers below 2^53 in all its parts. */
function centerOf({ weights, offsets }: FixedPointLayer, levels: Float64Array): Float64Array {
  const center = offsets.slice();
  levels.forEach((level, i) => addTimes(center, weights, i, level));
  return center;
}

/** target += factor * row `i` of the weights. */
function addTimes(target: Float64Array, weights: Float64Array, i: number, factor: number): void {
  if (factor === 0) return;
  const start = i * target.length;
  for (let j = 0; j < target.length; j += 1) {
    target[j] = (target[j] as number) + factor * (weights[start + j] as number);
  }
}

async function responseOf({ clip, layer, response }: Loaded, noise: GridRows): Promise<Response> {
  const size = noise.values.length / noise.rows;
  const far: { row: number; at: number; noise: number }[] = [];
  const levels = new Float64Array(noise.values.length);
  const [least, most] = [clip[0], clip[1] - GRID_STEPS];
  for (let i = 0; i < levels.length; i += 1) {
    const value = noise.values[i] as number;
    levels[i] = value;
    if (value >= least && value <= most) continue;
    if (!(Math.abs(value) + GRID_STEPS <= layer.reach)) {
      throw new FloatpathError(
        'invalid-argument',
        `countLabels: expected noise of at most ${layer.reach - GRID_STEPS} levels, got ${value}`,
      );
    }
    far.push({ row: Math.floor(i / size), at: i % size, noise: value });
  }
  const fetches = await response.run({
    [fixedPointNames.levels]: float64Tensor([noise.rows, size], levels),
  });
  return { sums: fetches[fixedPointNames.response]?.data as Float64Array, far };
}

/** The rows of a batch in which the clip acts for this center, with the sums over their clipped levels. */
function clippedRows(
  { clip, layer }: Loaded,
  { sums, far }: Response,
  levels: Float64Array,
): { readonly rows: readonly number[]; readonly sums: Float64Array } {
  const width = layer.offsets.length;
  const changed = new Map<number, Float64Array>();
  for (const { row, at, noise } of far) {
    const level = (levels[at] as number) + noise;
    const excess = Math.min(Math.max(level, clip[0]), clip[1]) - level;
    if (excess === 0) continue;
    const sum = changed.get(row) ?? sums.slice(row * width, (row + 1) * width);
    changed.set(row, sum);
    addTimes(sum, layer.weights, at, excess);
  }
  const all = new Float64Array(changed.size * width);
  [...changed.values()].forEach((sum, i) => all.set(sum, i * width));
  return { rows: [...changed.keys()], sums: all };
}
