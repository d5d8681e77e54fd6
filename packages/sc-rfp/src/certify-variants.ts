import {
  FloatpathError,
  rowsOf,
  type Engine,
  type Float32Tensor,
  type Network,
  type RunOptions,
} from '@floatpath/core';
import { createLabelCounter } from '@floatpath/engine';
import {
  certificateOf,
  countDraws,
  gridPoint,
  type CertificateInput,
  type CertifiedRow,
  type Noise,
} from '@floatpath/smoothing';
import { guaranteeOf } from './guarantee.js';
import { surrogateRadiusOf } from './surrogate.js';
import type { SurrogateRow } from './surrogate-accuracy.js';
import {
  createVariantFeeds,
  PLAIN_OUTPUT,
  sharedCounterNetwork,
  type Variant,
} from './variants.js';

/** Labelled images `[rows, ...]` with the identities that key their noise. */
export interface LabelledImages {
  readonly images: Float32Tensor;
  readonly labels: ArrayLike<number>;
  readonly ids: Uint32Array;
}

export interface CertifyVariantsOptions extends RunOptions {
  readonly noise: Noise;
  readonly n0: number;
  readonly n: number;
  readonly alpha: number;
  readonly seed: number;
  readonly batchSize: number;
}

/** What was certified of one variant, in a type that keeps the two guarantees apart. */
export type CertifiedVariant =
  | {
      readonly name: string;
      readonly guarantee: 'unconditional';
      readonly rows: readonly CertifiedRow[];
    }
  | {
      readonly name: string;
      readonly guarantee: 'conditional';
      readonly rows: readonly SurrogateRow[];
    };

/**
 * Certifies the plain network and its variants on the same draws, image by image: rows of one image pair up. The radius of
 * a conditional variant is a surrogate one.
 *
 * @returns the plain network first, then `variants` in order
 * @throws {FloatpathError} `invalid-argument`, `shape-mismatch`, `not-finite` as `certify`
 */
export async function certifyVariants(
  engine: Engine,
  network: Network,
  variants: readonly Variant[],
  data: LabelledImages,
  options: CertifyVariantsOptions,
): Promise<readonly CertifiedVariant[]> {
  const { noise, n0, n, alpha, seed, batchSize, signal, onProgress } = options;
  const [rows = 0] = data.images.shape;
  if (data.labels.length !== rows || data.ids.length !== rows) {
    throw new FloatpathError(
      'shape-mismatch',
      `certifyVariants: expected ${rows} labels and ids, got ${data.labels.length} and ${data.ids.length}`,
    );
  }
  const { arithmetic } = noise;
  const bounds = noise.arithmetic === 'grid' ? noise.bounds : ([0, 1] as const);
  await using counter = await createLabelCounter(engine, sharedCounterNetwork(network, variants), {
    bounds,
    arithmetic,
  });
  await using feeds = await createVariantFeeds(engine, network, variants, options);
  const inputs: { readonly label: number; readonly of: readonly CertificateInput[] }[] = [];
  for (let row = 0; row < rows; row += 1) {
    const x = rowsOf(data.images, row, row + 1);
    const image = data.ids[row] as number;
    const stop = signal && { signal };
    const frozen = counter.withFeeds(await feeds.feedsAt(x, image, { ...stop }));
    const draws = { noise, image, seed, batchSize, ...stop };
    const selection = await countDraws(frozen, x, { ...draws, purpose: 'selection', n: n0 });
    const estimation = await countDraws(frozen, x, { ...draws, purpose: 'estimation', n });
    const offGrid = noise.arithmetic === 'grid' ? gridPoint(x, noise.bounds).correction : 0;
    inputs.push({
      label: data.labels[row] as number,
      of: counter.names.map((_, i) => ({
        selection: selection.counts[i] as Uint32Array,
        estimation: estimation.counts[i] as Uint32Array,
        n,
        alpha,
        noise,
        offGrid,
      })),
    });
    onProgress?.({ stage: 'certify', done: row + 1, total: rows });
  }
  return counter.names.map((name, i): CertifiedVariant => {
    const variant = variants.find((other) => other.name === name);
    const anchored = name !== PLAIN_OUTPUT && variant !== undefined && 'anchor' in variant;
    const guarantee = anchored ? guaranteeOf(variant.anchor) : 'unconditional';
    const counts = inputs.map(({ label, of }) => ({ label, input: of[i] as CertificateInput }));
    return guarantee === 'unconditional'
      ? {
          name,
          guarantee,
          rows: counts.map(({ label, input }) => ({ label, certificate: certificateOf(input) })),
        }
      : {
          name,
          guarantee,
          rows: counts.map(({ label, input }) => ({ label, surrogate: surrogateRadiusOf(input) })),
        };
  });
}
