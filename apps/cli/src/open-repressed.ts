import { repressedTarget, type CountTarget } from '@floatpath/audit';
import { FloatpathError, type Float32Tensor } from '@floatpath/core';
import { noiseOf, type NoiseKind } from '@floatpath/smoothing';
import type { CertifyFlags, CertifyRequest } from './certify-options.js';
import { readCalibrationFile } from './load-models.js';
import type { OpenSubject } from './open-subject.js';

/**
 * The repressed network that is counted in the place of the subject's own; null for plain smoothing.
 *
 * @throws {FloatpathError} `unsupported-op` where no graph is to be read; as `repressedTarget`
 */
export async function openRepressed(
  { subject, loaded, preprocessing }: OpenSubject,
  images: Float32Tensor,
  { repressed, sigma }: CertifyRequest,
  { calibration: file, noise, seed, batchSize }: CertifyFlags,
): Promise<(CountTarget & AsyncDisposable) | null> {
  if (repressed === undefined) return null;
  const { network, hash, name } = subject;
  if (network === null || loaded === undefined) {
    throw new FloatpathError(
      'unsupported-op',
      `certify: expected a model whose graph can be read for --anchor ${repressed.anchor}, got ${name}; leave the anchor out`,
    );
  }
  const calibration = file === undefined ? undefined : await readCalibrationFile(file);
  return repressedTarget(loaded.engine, { network, hash }, repressed, {
    noise: noiseOf({ kind: noise as NoiseKind, sigma }, preprocessing.bounds),
    ...{ seed, batchSize, images },
    ...(calibration && { calibration }),
  });
}
