import {
  countImages,
  countImageSplits,
  inProcessCounting,
  networkCounter,
  type CountImagesOptions,
  type ImagesToCount,
  type SmoothableModel,
} from '@floatpath/audit';
import { createClassifier } from '@floatpath/engine';
import { workerCounting, type LoadedEngine } from '@floatpath/node';
import type { CountsHeader, CountsRow } from '@floatpath/smoothing';

/** Draws what the head of a counts file asks for, in workers where that helps. */
export async function* countAll(
  { engine, preference }: LoadedEngine,
  { network }: SmoothableModel,
  images: ImagesToCount,
  header: CountsHeader,
  options: CountImagesOptions & { readonly batchSize: number; readonly workers: number },
): AsyncGenerator<readonly CountsRow[]> {
  const { bounds } = header.preprocessing;
  const { batchSize } = options;
  if (header.noise.kind === 'splitting') {
    await using classifier = await createClassifier(engine, network, { bounds });
    yield* countImageSplits(images, header, classifier, options);
    return;
  }
  const workers = Math.min(options.workers, images.ids.length);
  await using counting =
    workers > 1 ? workerCounting({ workers, engine: preference }) : inProcessCounting(engine);
  await using open = await counting.open([network], { bounds, noise: header.noise });
  const counter = networkCounter(open, header, { parallel: counting.parallel, batchSize });
  yield* countImages(images, header, counter, options);
}
