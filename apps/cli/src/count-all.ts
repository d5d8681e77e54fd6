import {
  FIXED_POINT_METHOD,
  classifierCounter,
  countImages,
  countImageSplits,
  frozenCounter,
  inProcessCounting,
  networkCounter,
  type CountImagesOptions,
  type CountTarget,
  type ImagesToCount,
} from '@floatpath/audit';
import { FloatpathError } from '@floatpath/core';
import { workerCounting } from '@floatpath/node';
import type { CountsHeader, CountsRow } from '@floatpath/smoothing';
import type { OpenSubject } from './open-subject.js';

interface Counted extends Pick<OpenSubject, 'subject' | 'loaded'> {
  /** Counted in the place of the subject's network. */
  readonly target: CountTarget | null;
}

/** Draws what the head of a counts file asks for: in workers where a network can be copied to them, at an endpoint several images at once. */
export async function* countAll(
  { subject, loaded, target }: Counted,
  images: ImagesToCount,
  header: CountsHeader,
  options: CountImagesOptions & { readonly batchSize: number; readonly workers: number },
): AsyncGenerator<readonly CountsRow[]> {
  const { network, classifier } = subject;
  const { batchSize } = options;
  if (header.noise.kind === 'splitting') {
    yield* countImageSplits(images, header, classifier, options);
    return;
  }
  const workers = Math.min(options.workers, images.ids.length);
  const firstLayer = header.method === FIXED_POINT_METHOD ? 'fixed-point' : 'float32';
  // Noise is added to many rows in the graph: without a free batch axis the classifier takes them one at a time.
  const oneByOne = network?.inputs[0]?.shape[0] !== 'batch' && target === null;
  if (network === null || loaded === undefined || (oneByOne && firstLayer === 'float32')) {
    if (firstLayer === 'fixed-point') {
      throw new FloatpathError(
        'unsupported-op',
        'certify: expected a model whose graph can be read for --first-layer fixed-point, got one that runs as it is; leave the flag out',
      );
    }
    const parallel = loaded === undefined ? workers : 1;
    const counter = classifierCounter(classifier, header, { parallel, batchSize });
    yield* countImages(images, header, counter, options);
    return;
  }
  await using counting =
    workers > 1
      ? workerCounting({ workers, engine: loaded.preference })
      : inProcessCounting(loaded.engine);
  const { bounds } = header.preprocessing;
  await using open = await counting.open([target?.network ?? network], {
    bounds,
    noise: header.noise,
    sharing: header.sharing,
    firstLayer,
  });
  const own = target?.feedsAt === undefined ? open : frozenCounter(open, target.feedsAt);
  const counter = networkCounter(own, header, { parallel: counting.parallel, batchSize });
  yield* countImages(images, header, counter, options);
}
