import {
  countImages,
  networkCounter,
  type CountImagesOptions,
  type ImagesToCount,
} from '@floatpath/audit';
import { FloatpathError, type Model } from '@floatpath/core';
import { fileHash, queueCounter } from '@floatpath/node';
import type { CountsHeader, CountsRow, NoiseSpec } from '@floatpath/smoothing';
import type { Io } from './io.js';
import type { OpenSubject } from './open-subject.js';

/** Images whose jobs wait in the queue at once. */
const IMAGES_AHEAD = 8;

/** @throws {FloatpathError} `invalid-argument` for what workers cannot open by themselves */
export function requireQueueable(
  { file }: Pick<OpenSubject, 'file'>,
  { method, noise }: CountsHeader,
): Model {
  if (file !== undefined && method === 'plain' && noise.kind !== 'splitting') return file;
  throw new FloatpathError(
    'invalid-argument',
    'certify: expected --redis with a model file as it is and random noise, got an endpoint, an anchor or splitting noise; leave --redis out',
  );
}

/** Draws in the workers of a Redis queue. */
export async function* countByQueue(
  url: string,
  open: Pick<OpenSubject, 'file'>,
  images: ImagesToCount,
  header: CountsHeader,
  options: CountImagesOptions & { readonly batchSize: number },
  io: Io,
): AsyncGenerator<readonly CountsRow[]> {
  const { bytes } = requireQueueable(open, header);
  const { noise, preprocessing, engine, version } = header;
  let said = false;
  await using queue = await queueCounter({
    url,
    environment: io.env,
    identity: { file: fileHash(bytes), engine, version },
    preprocessing,
    noise: noise as NoiseSpec,
    onIdle: () => {
      if (said) return;
      said = true;
      io.stderr.write(
        'floatpath: waiting for workers; start some with floatpath worker MODEL --redis URL, with this file, engine and version\n',
      );
    },
  });
  const { batchSize } = options;
  const counter = networkCounter(queue, header, { parallel: IMAGES_AHEAD, batchSize });
  yield* countImages(images, header, counter, options);
}
