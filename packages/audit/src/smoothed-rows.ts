import { rowsOf, type Feeds, type Float32Tensor } from '@floatpath/core';
import { createVariantFeeds, sharedCounterNetwork, type AnchorObserver } from '@floatpath/sc-rfp';
import { gridPoint, predictionOf, type Noise } from '@floatpath/smoothing';
import type { AuditedNetwork, AuditHost } from './audit.js';
import { reportCertificate } from './certificates.js';
import { noiseOf, type CountRequest, type NoiseSpec, type OpenCounter } from './counting.js';
import { mapInOrder } from './in-order.js';
import type { ReportRow } from './report.js';
import type { AuditData, AuditSettings } from './settings.js';

/** Draws that answer "which label does the smoothed network give here" for attacked inputs. */
const LABEL_DRAWS = 200;

type SmoothedLabel = ReportRow['smoothedAtAdversarial'];

/**
 * Counts, image by image, what the smoothed networks say, and finishes the rows of the report: one per network, in
 * image order, for the images at `indexes`. All networks and their repressed variants see the same draws of an image.
 */
export async function* smoothedRows(
  audited: readonly AuditedNetwork[],
  data: AuditData,
  indexes: readonly number[],
  settings: AuditSettings,
  spec: NoiseSpec,
  host: AuditHost,
): AsyncGenerator<readonly ReportRow[]> {
  const { counting, engine, signal, onProgress } = host;
  const { bounds } = settings.preprocessing;
  const noise = noiseOf(spec, bounds);
  const options = { bounds, noise: spec };
  const resources: AsyncDisposable[] = [];
  const own = <T extends AsyncDisposable>(resource: T): T => {
    resources.push(resource);
    return resource;
  };
  try {
    const shared = own(
      await counting.open(
        audited.map(({ prepared, methods }) =>
          sharedCounterNetwork(prepared.network, methods.variants),
        ),
        options,
      ),
    );
    const plain: OpenCounter[] = [];
    const observers: AnchorObserver[] = [];
    for (const { prepared, methods } of audited) {
      plain.push(own(await counting.open([prepared.network], options)));
      const { seed, batchSize } = settings;
      const observe = { noise, seed, batchSize };
      observers.push(
        own(await createVariantFeeds(engine, prepared.network, methods.variants, observe)),
      );
    }
    const context: SmoothingContext = { audited, data, settings, noise, shared, plain, observers };
    let done = 0;
    for await (const rows of mapInOrder(indexes, counting.parallel, (index) =>
      rowsOfImage(context, index, signal),
    )) {
      done += 1;
      onProgress?.({ stage: 'certify', done, total: indexes.length });
      yield rows;
    }
  } finally {
    for (const resource of resources) await resource[Symbol.asyncDispose]();
  }
}

interface SmoothingContext {
  readonly audited: readonly AuditedNetwork[];
  readonly data: AuditData;
  readonly settings: AuditSettings;
  readonly noise: Noise;
  readonly shared: OpenCounter;
  readonly plain: readonly OpenCounter[];
  readonly observers: readonly AnchorObserver[];
}

async function rowsOfImage(
  context: SmoothingContext,
  index: number,
  signal: AbortSignal | undefined,
): Promise<readonly ReportRow[]> {
  const { audited, data, settings, noise, shared, plain, observers } = context;
  const { bounds } = settings.preprocessing;
  signal?.throwIfAborted();
  const image = data.ids[index] as number;
  const at = (x: Float32Tensor): Float32Tensor => rowsOf(x, index, index + 1);
  const x = at((audited[0] as AuditedNetwork).prepared.images);
  const request = (
    input: Float32Tensor,
    purpose: CountRequest['purpose'],
    n: number,
  ): CountRequest => ({
    x: input,
    image,
    seed: settings.seed,
    purpose,
    n,
    batchSize: settings.batchSize,
    ...(signal ? { signal } : {}),
  });
  const feeds: Feeds[] = [];
  for (const [i, { prepared }] of audited.entries()) {
    feeds.push(
      await (observers[i] as AnchorObserver).feedsAt(
        at(prepared.images),
        image,
        signal ? { signal } : {},
      ),
    );
  }
  const selection = await shared.count({ ...request(x, 'selection', settings.n0), feeds });
  const estimation = await shared.count({ ...request(x, 'estimation', settings.n), feeds });
  const offGrid = noise.arithmetic === 'grid' ? gridPoint(x, bounds).correction : 0;

  const smoothedLabel = async (i: number, input: Float32Tensor): Promise<SmoothedLabel> => {
    const drawn = await (plain[i] as OpenCounter).count(request(input, 'selection', LABEL_DRAWS));
    const counts = drawn.counts[0]?.[0] as Uint32Array;
    const { kind, label } = predictionOf({
      counts,
      rejected: drawn.rejected,
      alpha: settings.alpha,
    });
    return { answer: kind === 'label' ? label : null, n: LABEL_DRAWS, counts: Array.from(counts) };
  };
  const rows: ReportRow[] = [];
  for (const [i, network] of audited.entries()) {
    const { prepared, methods, attacked, attackedSmoothed } = network;
    const outputs = ['plain', ...methods.variants.map((variant) => variant.name)];
    const attack = attacked.rows[index];
    const succeeded = attack?.status === 'success';
    const smoothedAttack = attackedSmoothed.rows[index];
    rows.push({
      network: prepared.id,
      image,
      label: data.labels[index] as number,
      predicted: network.predicted[index] as number,
      adversarial:
        attack === undefined || attack.status === 'already-wrong'
          ? null
          : { status: attack.status, predicted: attack.predicted, distance: attack.distance },
      diagnosis: network.diagnoses[index] ?? null,
      smoothedAtAdversarial: succeeded ? await smoothedLabel(i, at(attacked.adversarial)) : null,
      smoothedUnderAttack:
        smoothedAttack === undefined || smoothedAttack.status === 'already-wrong'
          ? null
          : await smoothedLabel(i, at(attackedSmoothed.adversarial)),
      certificates: methods.planned
        .filter((method) => method.status === 'done')
        .map((method) => {
          const output = outputs.indexOf(method.method);
          const counts = {
            selection: selection.counts[i]?.[output] as Uint32Array,
            estimation: estimation.counts[i]?.[output] as Uint32Array,
            rejected: estimation.rejected,
          };
          return reportCertificate(method, counts, noise, offGrid, settings);
        }),
    });
  }
  return rows;
}
