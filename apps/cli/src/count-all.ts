import {
  classifierCounter,
  countImages,
  countImageSplits,
  inProcessCounting,
  networkCounter,
  type CountImagesOptions,
  type ImagesToCount,
} from '@floatpath/audit';
import { workerCounting } from '@floatpath/node';
import type { CountsHeader, CountsRow } from '@floatpath/smoothing';
import type { OpenSubject } from './open-subject.js';

/** Draws what the head of a counts file asks for: in workers where a network can be copied to them, at an endpoint several images at once. */
export async function* countAll(
  { subject, loaded }: Pick<OpenSubject, 'subject' | 'loaded'>,
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
  if (network === null || loaded === undefined) {
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
  await using open = await counting.open([network], { bounds, noise: header.noise });
  const counter = networkCounter(open, header, { parallel: counting.parallel, batchSize });
  yield* countImages(images, header, counter, options);
}
