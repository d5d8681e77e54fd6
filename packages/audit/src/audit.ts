import {
  argmaxRows,
  defaults,
  type Attack,
  type AttackResult,
  type Float32Tensor,
  type RunOptions,
} from '@floatpath/core';
import type { OrtEngine } from '@floatpath/engine/ort';
import { checkArtefact } from './artefact.js';
import { attacksOn, gradientAttacks, type Attacks } from './attacks.js';
import type { Counting, NoiseSpec } from './counting.js';
import type { Exhibit } from './exhibits/exhibit.js';
import { explainFailures } from './explain-failures.js';
import { compareNetworks } from './method-summary.js';
import { resumableRows } from './resume.js';
import { planMethods, type NetworkMethods } from './methods.js';
import {
  isAnalyzable,
  prepareModel,
  requireAccurate,
  type AuditModel,
  type PreparedModel,
} from './prepare.js';
import type {
  Report,
  ReportArtefact,
  ReportDiagnosis,
  ReportRow,
  ReportSettings,
} from './report.js';
import {
  checkData,
  checkSettings,
  dataHash,
  requireLabels,
  type AuditData,
  type AuditSettings,
} from './settings.js';
import { smoothedRows } from './smoothed-rows.js';
import type { StoryHead } from './story-blocks.js';
import { summarizeNetwork } from './summary.js';

export interface AuditHost extends RunOptions {
  /** Runs our graphs, and each model file on its own bytes. */
  readonly engine: OrtEngine;
  readonly counting: Counting;
  /** Version of the tool, for the report. */
  readonly version: string;
  /** Report of an interrupted run of the same audit: its finished rows are kept. */
  readonly resume?: Report;
  /**
   * Called when all stages of one image and network are done. `soFar` makes the report of the finished rows, marked
   * incomplete.
   */
  readonly onRow?: (row: ReportRow, soFar: () => Report) => void;
  /** Called once the files have been checked: the story can begin. */
  readonly onArtefact?: (head: StoryHead) => void;
  /** Called with the failures that a report shows, up to 6 per network; without it they are not made. */
  readonly onExhibit?: (exhibit: Exhibit) => void;
}

/** What is known of one network before smoothing. */
export interface AuditedNetwork {
  readonly prepared: PreparedModel;
  readonly methods: NetworkMethods;
  readonly attacks: Attacks;
  readonly predicted: Int32Array;
  readonly attacked: AttackResult;
  /** Per image; null where the attack failed or the image was wrong. */
  readonly diagnoses: readonly (ReportDiagnosis | null)[];
  /** Null where the smoothed network was not attacked. */
  readonly attackedSmoothed: AttackResult | null;
}

/**
 * Audits networks on images: the artefact check; what attacks find; why each failure happened, by the split into
 * fixed and float paths over the segment to the adversarial input; what smoothing repairs; what is certified.
 *
 * Deterministic: the report depends on models, data and settings, not on batch size, order or who counts.
 *
 * @throws {FloatpathError} `invalid-argument`, `shape-mismatch`, `invalid-data` for what it is given;
 * `unsupported-op`; `artefact-mismatch`; `inaccurate-model`; `not-calibrated`
 */
export async function audit(
  models: readonly AuditModel[],
  data: AuditData,
  settings: AuditSettings,
  host: AuditHost,
): Promise<Report> {
  checkSettings(settings);
  checkData(data, settings);
  const { engine, signal, onProgress } = host;
  const noise: NoiseSpec = { kind: 'integer-gaussian', sigma: settings.sigma };
  const prepared: PreparedModel[] = [];
  const audited: AuditedNetwork[] = [];
  const artefacts: ReportArtefact[] = [];
  const rows: ReportRow[] = [];
  const reportSettings = describeSettings(data, await dataHash(data), settings, engine.name);
  try {
    const seen: { model: PreparedModel; methods: NetworkMethods; predicted: Int32Array }[] = [];
    for (const [i, model] of models.entries()) {
      const one = await prepareModel(model, `network-${i + 1}`, data.images, settings, engine);
      prepared.push(one);
      const logits = await logitsInBatches(one, settings.batchSize, signal);
      artefacts.push(await checkArtefact(one, logits, signal));
      requireLabels(data, one.classifier.classes);
      const predicted = argmaxRows(logits);
      if (!settings.allowInaccurate) {
        const right = predicted.filter((label, row) => label === data.labels[row]).length;
        requireAccurate(
          model.label,
          right,
          predicted.length,
          one.classifier.classes,
          defaults.minimumSkill,
        );
      }
      seen.push({ model: one, methods: planMethods(one, settings, 'grid'), predicted });
      onProgress?.({ stage: 'check the artefact', done: i + 1, total: models.length });
    }
    const tool = { name: 'floatpath', version: host.version } as const;
    if (host.resume) {
      const networks = seen.map(({ model: { id, hash, source }, methods }) => ({
        ...{ id, label: source.label, hash, methods: methods.planned },
      }));
      rows.push(...resumableRows(host.resume, { tool, settings: reportSettings, networks }));
    }
    host.onArtefact?.({
      settings: reportSettings,
      artefact: artefacts,
      networks: prepared.map(({ id, source: { label } }) => ({ id, label })),
    });
    for (const { model, methods, predicted } of seen) {
      const attacks = attacksOn(model, settings.sigma);
      const attacked = await runAttack(
        attacks.network,
        model,
        data,
        settings,
        host,
        `attack ${model.source.label}`,
      );
      const { bounds } = settings.preprocessing;
      const diagnoses = isAnalyzable(model)
        ? await explainFailures(model, data, attacked, bounds, host)
        : attacked.rows.map(() => null);
      const attackedSmoothed =
        attacks.smoothed === undefined
          ? null
          : await runAttack(
              attacks.smoothed,
              model,
              data,
              settings,
              host,
              `attack ${model.source.label}, smoothed`,
            );
      const found = { attacked, diagnoses, attackedSmoothed };
      audited.push({ prepared: model, methods, attacks, predicted, ...found });
    }
    const reportOf = (complete: boolean): Report => ({
      schema: 'floatpath/report@1',
      tool,
      complete,
      settings: { ...reportSettings, images: rows.length / models.length },
      artefact: artefacts,
      networks: audited.map(({ prepared: model, methods, attacks }) =>
        summarizeNetwork(
          model,
          rowsOfNetwork(rows, model.id),
          methods.planned,
          attacks,
          reportSettings,
        ),
      ),
      comparisons: compareNetworks(
        audited.map(({ prepared: model }) => model.id),
        rows,
        reportSettings,
      ),
      rows: audited.flatMap(({ prepared: model }) => rowsOfNetwork(rows, model.id)),
    });
    const kept = new Set(rows.map(({ image }) => image));
    const open = Array.from(data.ids.keys()).filter((i) => !kept.has(data.ids[i] as number));
    for await (const finished of smoothedRows(audited, data, open, settings, noise, host)) {
      rows.push(...finished);
      for (const row of finished) host.onRow?.(row, () => reportOf(false));
    }
    return reportOf(true);
  } finally {
    for (const { classifier, file } of prepared) {
      await classifier[Symbol.asyncDispose]();
      if (file !== classifier) await file[Symbol.asyncDispose]();
    }
  }
}

function rowsOfNetwork(rows: readonly ReportRow[], id: string): ReportRow[] {
  return rows.filter((row) => row.network === id).sort((a, b) => a.image - b.image);
}

function describeSettings(
  data: AuditData,
  hash: string,
  settings: AuditSettings,
  engine: string,
): ReportSettings {
  const { preprocessing, seed, norm, epsilon, sigma, n0, n, alpha } = settings;
  const { bounds, mean, std, layout } = preprocessing;
  const { network, smoothed } = gradientAttacks(sigma);
  return {
    data: data.name,
    dataHash: hash,
    images: data.labels.length,
    seed,
    norm,
    epsilon,
    sigma,
    n0,
    n,
    alpha,
    bounds: [bounds[0], bounds[1]],
    ...(mean ? { mean: [...mean] } : {}),
    ...(std ? { std: [...std] } : {}),
    layout,
    attack: network.name,
    smoothedAttack: smoothed.name,
    engine,
  };
}

async function logitsInBatches(
  { classifier, images }: PreparedModel,
  batchSize: number,
  signal: AbortSignal | undefined,
): Promise<Float32Tensor> {
  const [rows = 0, ...shape] = images.shape;
  const stride = images.data.length / rows;
  const data = new Float32Array(rows * classifier.classes);
  for (let start = 0; start < rows; start += batchSize) {
    signal?.throwIfAborted();
    const end = Math.min(rows, start + batchSize);
    const logits = await classifier.logits({
      dtype: 'float32',
      shape: [end - start, ...shape],
      data: images.data.subarray(start * stride, end * stride),
    });
    data.set(logits.data, start * classifier.classes);
  }
  return { dtype: 'float32', shape: [rows, classifier.classes], data };
}

function runAttack(
  attack: Attack,
  { classifier, images }: PreparedModel,
  data: AuditData,
  settings: AuditSettings,
  host: AuditHost,
  stage: string,
): Promise<AttackResult> {
  const { signal, onProgress } = host;
  return attack.run(
    classifier,
    images,
    { kind: 'untargeted', labels: data.labels },
    { kind: 'ball', norm: settings.norm, epsilon: settings.epsilon },
    {
      seed: settings.seed,
      images: data.ids,
      batchSize: settings.batchSize,
      ...(signal ? { signal } : {}),
      ...(onProgress ? { onProgress: (p) => onProgress({ ...p, stage }) } : {}),
    },
  );
}
