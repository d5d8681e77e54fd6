import { createHash } from 'node:crypto';
import { float32Tensor, type Float32Tensor, type Preprocessing } from '@floatpath/core';
import type { CountRequest } from '@floatpath/audit';
import type { NoiseSpec } from '@floatpath/smoothing';

/** Draws of one image that a worker counts: all that they depend on but the model, which it has itself. */
export interface QueueJob {
  readonly preprocessing: Preprocessing;
  readonly noise: NoiseSpec;
  readonly seed: number;
  readonly purpose: CountRequest['purpose'];
  readonly image: number;
  readonly from: number;
  readonly n: number;
  readonly batchSize: number;
  readonly shape: readonly number[];
  /** Little-endian float32, in base 64. */
  readonly x: string;
}

/** What came of a job. */
export interface QueueResult {
  readonly counts: readonly number[];
  readonly n: number;
  readonly rejected: number;
}

/** Who may work together: counts are equal for equal files, engines and versions. */
export interface QueueIdentity {
  /** sha256 of the model file's bytes. */
  readonly file: string;
  readonly engine: string;
  readonly version: string;
}

const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

export const fileHash = (bytes: Uint8Array): string => sha256(bytes);

/** A queue per identity: a worker with another file, engine or version never sees its jobs. */
export function queueName({ file, engine, version }: QueueIdentity): string {
  return `floatpath-${sha256(JSON.stringify([file, engine, version])).slice(0, 24)}`;
}

/** The same draws have the same id, so that a run that is resumed finds what was counted while it was away. */
export function jobId({ batchSize: _, ...rest }: QueueJob): string {
  return sha256(JSON.stringify(rest));
}

export function packedImage({ shape, data }: Float32Tensor): Pick<QueueJob, 'shape' | 'x'> {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { shape, x: bytes.toString('base64') };
}

export function unpackedImage({ shape, x }: Pick<QueueJob, 'shape' | 'x'>): Float32Tensor {
  return float32Tensor(shape, new Float32Array(new Uint8Array(Buffer.from(x, 'base64')).buffer));
}
