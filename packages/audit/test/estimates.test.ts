import { pgd } from '@floatpath/attacks';
import { rowsOf } from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import { certifyVariants, type Calibration } from '@floatpath/sc-rfp';
import { integerGaussian } from '@floatpath/smoothing';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  attackImages,
  attackPasses,
  audit,
  calibrateModel,
  calibratePasses,
  certifyPasses,
  inProcessCounting,
  refuteModel,
  refutePasses,
  requestedAnchor,
  smoothableModel,
  type AnchorRequest,
  type AttackRequest,
  type AuditModel,
  type CalibrateRequest,
  type SmoothableModel,
} from '../src/index.js';
import { auditPasses, auditVariants, EXPLAINED } from '../src/passes.js';
import { meteredEngine } from './metered-engine.js';
import { engine, tinyAudit, tinyNetwork } from './tiny.js';

/** What the commands say of their estimates, both ways. */
const FACTOR = 3;
const holds = (estimate: number, metered: number): boolean =>
  metered > 0 && estimate <= FACTOR * metered && metered <= FACTOR * estimate;

/** Runs on an engine that counts. @returns the passes, and whether the estimate holds */
async function run(estimate: number, work: (metered: typeof engine) => Promise<unknown>) {
  const { engine: metered, passes } = meteredEngine(engine);
  await work(metered);
  const found = passes(tinyNetwork(100));
  return { found, held: holds(estimate, found) };
}

const noise = integerGaussian({ sigma: 0.25, bounds: [0, 1] });
const common = { noise, n0: 20, n: 200, alpha: 0.01, seed: 0, batchSize: 60 };
const toCalibrate: CalibrateRequest = {
  ...common,
  ...{ anchor: 'denoised', form: 'path-sum', denoiser: 'conv', draws: 16, heldOut: 0 },
  ...{ kappas: [0.5, 1], lambdas: [0.5, 0.75] },
};

let model: AuditModel;
let ready: SmoothableModel;
let data: Awaited<ReturnType<typeof tinyAudit>>['data'];
let settings: Awaited<ReturnType<typeof tinyAudit>>['settings'];
let calibration: Calibration;
let labelled: { images: SmoothableModel['images']; labels: Int32Array; ids: Uint32Array };
/** Images that are not reported on. */
let others: typeof labelled;

beforeAll(async () => {
  const made = await tinyAudit({ sigma: 0.25, n0: 20, n: 200 }, ['one']);
  ({ data, settings } = made);
  model = made.models[0] as AuditModel;
  ready = await smoothableModel(model.model, data, settings.preprocessing, engine);
  labelled = { images: ready.images, labels: data.labels, ids: data.ids };
  const shifted = ready.images.data.map((v) => (v + 0.5) % 1);
  const moved = { ...ready.images, data: shifted };
  others = { ...labelled, images: rowsOf(moved, 0, data.ids.length) };
  calibration = await calibrateModel(engine, ready, others, toCalibrate);
});

async function auditOnce(calibrated: boolean) {
  const one = { ...model, ...(calibrated && { calibration }) };
  const { attacked, counted } = auditPasses(
    data.ids.length,
    settings,
    auditVariants(one.calibration),
  );
  // What explaining costs is time in this program, not rows.
  const estimate = attacked - data.ids.length * EXPLAINED + counted;
  const result = await run(estimate, (metered) =>
    audit([one], data, settings, {
      engine: metered,
      counting: inProcessCounting(metered),
      version: '0',
    }),
  );
  return { ...result, estimate };
}
let audited: Awaited<ReturnType<typeof auditOnce>>;

describe('the passes that a command announces are those that it makes, to a factor of 3', () => {
  it.each([false, true])('audit, calibrated %s', async (calibrated) => {
    audited = await auditOnce(calibrated);
    expect(audited).toMatchObject({ held: true });
  });

  it.each(['plain', 'input', 'center', 'denoised'] as const)('certify %s', async (anchor) => {
    const request = { anchor, form: 'path-sum', lambda: 0.5 } as AnchorRequest;
    const repressed = anchor !== 'plain';
    const variants = repressed
      ? [{ name: 'repressed', ...requestedAnchor(request, calibration) }]
      : [];
    const estimate = certifyPasses(data.ids.length, common, repressed);
    const result = await run(estimate, (metered) =>
      certifyVariants(metered, ready.network, variants, labelled, common),
    );
    expect(result).toMatchObject({ held: true });
  });

  it.each([0, 4])('calibrate with %d images held out', async (heldOut) => {
    const request = { ...toCalibrate, heldOut };
    const estimate = calibratePasses(others.ids.length, request);
    const result = await run(estimate, (metered) =>
      calibrateModel(metered, ready, others, request),
    );
    expect(result).toMatchObject({ held: true });
  });

  it.each([undefined, 'input', 'center'] as const)('refute %s', async (anchor) => {
    const steps = 5;
    const attack = pgd({ steps, relativeStep: 0.8, objective: 'margin', randomStart: false });
    const request = {
      ...{ ...common, attack },
      ...(anchor && { repressed: { anchor, form: 'path-sum', lambda: 0.5 } as AnchorRequest }),
    };
    const estimate = refutePasses(data.ids.length, request, steps);
    const result = await run(estimate, (metered) =>
      refuteModel(metered, ready, labelled, request, anchor === 'input' ? calibration : undefined),
    );
    expect(result).toMatchObject({ held: true });
  });

  it.each(['pgd', 'apgd-ce', 'fab'] as const)(
    'attack %s, where most rows hold out',
    async (name) => {
      const request: AttackRequest = {
        ...{ attacks: [name], norm: 'linf', epsilons: [0.002], seed: 0, batchSize: 60 },
        onGrid: false,
      };
      const estimate = attackPasses(request, 3, data.ids.length);
      const result = await run(estimate, async (metered) => {
        await using classifier = await createClassifier(metered, ready.network, { bounds: [0, 1] });
        for await (const _ of attackImages(classifier, labelled, request, { finished: [] }));
      });
      expect(result).toMatchObject({ held: true });
    },
  );

  it('planted fault: an estimate that forgets the controls, or counts them all five times, is seen', () => {
    const { estimate, found } = audited;
    const { n0, n } = settings;
    const variant = data.ids.length * (n0 + n);
    expect(holds(estimate, found)).toBe(true);
    expect(holds(estimate + 5 * 8 * variant, found)).toBe(false);
    expect(holds(variant / 2, found)).toBe(false);
  });
});
