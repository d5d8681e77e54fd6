import { FloatpathError, rowsOf, type Classifier, type Float32Tensor } from '@floatpath/core';
import type { RunOptions } from '@floatpath/core';
import {
  countDraws,
  countPlanned,
  countSplits,
  gridPoint,
  labelCounter,
  noiseKindOf,
  noiseOfHeader,
  randomizationOf,
  splittingOf,
  type CountsHeader,
  type CountsRow,
  type DrawSamples,
  type SampleCounts,
} from '@floatpath/smoothing';
import type { OpenCounter } from './counting.js';
import { mapInOrder } from './in-order.js';

/** Who draws samples of one image at a time. */
export interface ImageCounter {
  /** How many images it works on at once. */
  readonly parallel: number;
  /** @param key - the image's identity in its noise: 0 where all images share their draws */
  samples(x: Float32Tensor, key: number, signal: AbortSignal | undefined): DrawSamples;
}

/** Draws with networks that are open in workers or in this thread. */
export function networkCounter(
  open: Pick<OpenCounter, 'count'>,
  { seed }: Pick<CountsHeader, 'seed'>,
  { parallel, batchSize }: { readonly parallel: number; readonly batchSize: number },
): ImageCounter {
  return {
    parallel,
    samples: (x, image, signal) => async (range) => {
      const request = { x, image, seed, batchSize, ...range, ...(signal ? { signal } : {}) };
      const { counts, n, rejected } = await open.count(request);
      return { counts: counts[0] ?? [], n, rejected };
    },
  };
}

/**
 * Draws with any classifier: an opaque model, an HTTP endpoint.
 *
 * @param options.parallel - images at once; more than 1 where the classifier answers several calls side by side
 */
export function classifierCounter(
  classifier: Classifier,
  header: CountsHeader,
  { parallel, batchSize }: { readonly parallel: number; readonly batchSize: number },
): ImageCounter {
  const counter = labelCounter([{ name: header.model.name, classifier }]);
  const noise = noiseOfHeader(header, 1);
  return {
    parallel,
    samples: (x, image, signal) => (range) =>
      countDraws(counter, x, {
        noise,
        image,
        seed: header.seed,
        batchSize,
        ...range,
        ...(signal ? { signal } : {}),
      }),
  };
}

export interface ImagesToCount {
  /** `[m, ...inputShape]` in input units. */
  readonly images: Float32Tensor;
  readonly ids: Uint32Array;
  /** Absent where nobody knows them. */
  readonly labels?: Int32Array;
}

export interface CountImagesOptions extends RunOptions {
  /** Images that are counted already, by id. */
  readonly done?: ReadonlySet<number>;
}

const rowOf = (
  image: { readonly image: number; readonly label: number | null; readonly offGrid: number },
  purpose: CountsRow['purpose'],
  { counts, n, rejected }: SampleCounts,
): CountsRow => ({ ...image, purpose, from: 0, n, rejected, counts: Array.from(counts) });

/** Images that are left, in order. */
function leftOver(ids: Uint32Array, done: ReadonlySet<number>): number[] {
  return Array.from(ids, (_, index) => index).filter((index) => !done.has(ids[index] as number));
}

/** What is known of an image before its draws. */
function imageAt(
  { images, ids, labels }: ImagesToCount,
  index: number,
  { norm, noise, preprocessing }: CountsHeader,
): { x: Float32Tensor; image: number; label: number | null; offGrid: number } {
  const x = rowsOf(images, index, index + 1);
  const grid = noiseKindOf(noise.kind).arithmetic === 'grid';
  return {
    x,
    image: ids[index] as number,
    label: labels?.[index] ?? null,
    offGrid: grid ? gridPoint(x, preprocessing.bounds, norm).correction : 0,
  };
}

/**
 * Draws what the plan in the head of a counts file asks for, image by image: yields the rows of each image, in the order of
 * the images, whoever draws them.
 *
 * @throws {FloatpathError} whatever the counter throws, at once; `invalid-argument` for splitting, which has no plan
 */
export async function* countImages(
  data: ImagesToCount,
  header: CountsHeader,
  counter: ImageCounter,
  { done = new Set(), signal, onProgress }: CountImagesOptions = {},
): AsyncGenerator<readonly CountsRow[]> {
  const { plan } = header;
  if (plan === null) {
    throw new FloatpathError(
      'invalid-argument',
      'countImages: expected a plan, got none; count splitting noise with countImageSplits',
    );
  }
  const noise = noiseOfHeader(header, data.images.data.length / data.ids.length);
  const left = leftOver(data.ids, done);
  let finished = 0;
  const work = async (index: number): Promise<readonly CountsRow[]> => {
    signal?.throwIfAborted();
    const { x, ...known } = imageAt(data, index, header);
    const u = randomizationOf({ seed: header.seed, image: known.image });
    const key = header.sharing === 'shared' ? 0 : known.image;
    const draw = counter.samples(x, key, signal);
    const drawn = await countPlanned(plan, noise, draw, { u, offGrid: known.offGrid });
    const estimation = rowOf(known, 'estimation', drawn.estimation);
    const { selection } = drawn;
    return selection === undefined
      ? [estimation]
      : [rowOf(known, 'selection', selection), estimation];
  };
  for await (const rows of mapInOrder(left, counter.parallel, work)) {
    yield rows;
    finished += 1;
    onProgress?.({ stage: 'certify', done: finished, total: left.length });
  }
}

/** The same for splitting noise: every offset of every image. */
export async function* countImageSplits(
  data: ImagesToCount,
  header: CountsHeader,
  classifier: Classifier,
  options: CountImagesOptions & { readonly batchSize: number },
): AsyncGenerator<readonly CountsRow[]> {
  const { done = new Set(), signal, onProgress, batchSize } = options;
  const splitting = splittingOf(header);
  const left = leftOver(data.ids, done);
  for (const [finished, index] of left.entries()) {
    const { x, ...known } = imageAt(data, index, header);
    const counts = await countSplits(classifier, x, {
      splitting,
      batchSize,
      ...(signal ? { signal } : {}),
    });
    yield [rowOf(known, 'estimation', { counts, n: splitting.draws, rejected: 0 })];
    onProgress?.({ stage: 'certify', done: finished + 1, total: left.length });
  }
}

/** Images of which all samples are among the rows of a counts file. */
export function countedImages({ plan }: CountsHeader, rows: readonly CountsRow[]): Set<number> {
  const samples = plan === null || plan.n0 === 0 ? 1 : 2;
  const times = new Map<number, number>();
  for (const { image } of rows) times.set(image, (times.get(image) ?? 0) + 1);
  return new Set([...times].filter(([, count]) => count >= samples).map(([image]) => image));
}
