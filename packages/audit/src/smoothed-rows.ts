import { rowsOf, type Float32Tensor } from '@floatpath/core';
import { gridPoint, predictionOf, type Noise } from '@floatpath/smoothing';
import type { AuditedNetwork, AuditHost } from './audit.js';
import { reportCertificate } from './certificates.js';
import { openCountGroups, type CountGroups } from './count-groups.js';
import { noiseOf, type CountRequest, type NoiseSpec } from './counting.js';
import { mapInOrder } from './in-order.js';
import type { ReportRow } from './report.js';
import { labelDraws, type AuditData, type AuditSettings } from './settings.js';

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
  const { counting, signal, onProgress } = host;
  const { seed, batchSize, preprocessing } = settings;
  const { bounds } = preprocessing;
  const noise = noiseOf(spec, bounds);
  const options = { bounds, noise: spec };
  const groups = await openCountGroups(audited, options, { noise, seed, batchSize }, host);
  try {
    const context: SmoothingContext = { audited, data, settings, noise, groups };
    let done = 0;
    for await (const rows of mapInOrder(indexes, counting.parallel, (index) =>
      rowsOfImage(context, index, signal),
    )) {
      done += 1;
      onProgress?.({ stage: 'certify', done, total: indexes.length });
      yield rows;
    }
  } finally {
    await groups[Symbol.asyncDispose]();
  }
}

interface SmoothingContext {
  readonly audited: readonly AuditedNetwork[];
  readonly data: AuditData;
  readonly settings: AuditSettings;
  readonly noise: Noise;
  readonly groups: CountGroups;
}

async function rowsOfImage(
  context: SmoothingContext,
  index: number,
  signal: AbortSignal | undefined,
): Promise<readonly ReportRow[]> {
  const { audited, data, settings, noise, groups } = context;
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
  const inputs = audited.map(({ prepared }) => at(prepared.images));
  const feeds = await groups.feedsAt(inputs, image, signal);
  const selection = await groups.countAll(request(x, 'selection', settings.n0), feeds);
  const estimation = await groups.countAll(request(x, 'estimation', settings.n), feeds);
  const offGrid = noise.arithmetic === 'grid' ? gridPoint(x, bounds).correction : 0;

  const n = labelDraws(settings.alpha);
  const smoothedLabel = async (i: number, input: Float32Tensor): Promise<SmoothedLabel> => {
    const drawn = await groups.countPlain(i, request(input, 'selection', n));
    const counts = drawn.counts[0] as Uint32Array;
    const { rejected } = drawn;
    const { kind, label } = predictionOf({ counts, rejected, alpha: settings.alpha });
    return { answer: kind === 'label' ? label : null, n, counts: Array.from(counts) };
  };
  const rows: ReportRow[] = [];
  for (const [i, network] of audited.entries()) {
    const { prepared, methods, attacked, attackedSmoothed } = network;
    const outputs = ['plain', ...methods.variants.map((variant) => variant.name)];
    const attack = attacked.rows[index];
    const succeeded = attack?.status === 'success';
    const smoothedAttack = attackedSmoothed?.rows[index];
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
        attackedSmoothed === null || smoothedAttack?.status === 'already-wrong'
          ? null
          : await smoothedLabel(i, at(attackedSmoothed.adversarial)),
      certificates: methods.planned
        .filter((method) => method.status === 'done')
        .map((method) => {
          const output = outputs.indexOf(method.method);
          const counts = {
            selection: selection[i]?.counts[output] as Uint32Array,
            estimation: estimation[i]?.counts[output] as Uint32Array,
            rejected: estimation[i]?.rejected ?? 0,
          };
          return reportCertificate(method, counts, noise, offGrid, settings);
        }),
    });
  }
  return rows;
}
