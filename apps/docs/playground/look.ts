import { argmaxRows, float32Tensor, sizeOf, type Float32Tensor } from '@floatpath/core';
import {
  attackPoint,
  explainPoint,
  ledgerView,
  neuronsAround,
  pointRadii,
  regionsAround,
  type AttackedPoint,
  type ExplainedPoint,
  type ExploredModel,
} from '@floatpath/audit/explore';
import { regionFigure } from '@floatpath/audit/figures';
import type { Calibration } from '@floatpath/sc-rfp';
import type { KinksView, Part, Request, Settings } from './protocol.js';

const LINES = 8;
const TAU = 0.05;
const MOST_REGIONS = 3000;
const PLAN = { n0: 100, alpha: 0.001, seed: 0 } as const;

interface Attacked {
  readonly key: string;
  readonly label: number;
  readonly point: AttackedPoint;
  readonly explained?: ExplainedPoint;
}

/** The last attack of each model: moving sigma alone does not repeat it. */
const attacks = new WeakMap<ExploredModel, Attacked>();

/** Looks at one input in every way, quickest first; every part is sent as soon as it is there. */
export async function look(
  model: ExploredModel,
  calibration: Calibration | undefined,
  { input, settings }: Extract<Request, { kind: 'look' }>,
  send: (part: Part) => void,
  signal: AbortSignal,
): Promise<void> {
  const { inputShape } = model.classifier;
  if (input.length !== sizeOf(inputShape)) {
    throw new Error(`expected ${sizeOf(inputShape)} numbers for this network, got ${input.length}`);
  }
  const x = float32Tensor([1, ...inputShape], input);
  const logits = await model.classifier.logits(x);
  const label = argmaxRows(logits)[0] as number;
  send({ part: 'label', logits: logits.data, label });
  if (model.refusal === null) {
    const around = await neuronsAround(model, x, aroundOf(settings), { signal });
    send({ part: 'around', ...around });
  }
  const { point, explained } = await attacked(model, x, label, settings, signal);
  const { adversarial, status, predicted, distance, warnings } = point;
  const attackedPart = { status, predicted, distance, warnings };
  send({ part: 'attacked', adversarial: adversarial.data, ...attackedPart });
  if (explained !== undefined) {
    const { kind: failure, flow } = explained;
    const ledger = ledgerView(explained, LINES);
    const broken = status === 'success';
    send({ part: 'explained', broken, failure, flow, ledger, kinks: kinksView(explained) });
  }
  const radii = await pointRadii(
    model,
    x,
    {
      ...PLAN,
      sigma: settings.sigma,
      n: settings.n,
      ...(calibration?.sigma === settings.sigma ? { calibration } : {}),
    },
    { signal },
  );
  send({ part: 'radii', radii });
}

function aroundOf({ around, norm, epsilon, sigma }: Settings): Parameters<typeof neuronsAround>[2] {
  return around === 'ball' ? { kind: 'ball', norm, epsilon } : { kind: 'noise', sigma, tau: TAU };
}

async function attacked(
  model: ExploredModel,
  x: Float32Tensor,
  label: number,
  { norm, epsilon }: Settings,
  signal: AbortSignal,
): Promise<Attacked> {
  const key = JSON.stringify([norm, epsilon, label, Array.from(x.data)]);
  const known = attacks.get(model);
  if (known?.key === key) return known;
  const point = await attackPoint(model, x, { label, norm, epsilon, seed: 0 }, { signal });
  const found: Attacked = {
    key,
    label,
    point,
    ...(model.refusal === null
      ? { explained: await explainPoint(model, x, point.adversarial, label) }
      : {}),
  };
  attacks.set(model, found);
  return found;
}

function kinksView({ kinks: { start, rows } }: ExplainedPoint): KinksView {
  return {
    start,
    rows: rows.map(({ t, slopeJump, crossings }) => ({
      t,
      slopeJump,
      units: [`${crossings.length} ${crossings.length === 1 ? 'neuron' : 'neurons'}`],
    })),
  };
}

/** The linear regions on a plane from the input towards the attacked one. */
export async function regions(
  model: ExploredModel,
  { input, toward, reach }: Extract<Request, { kind: 'regions' }>,
  signal: AbortSignal,
): Promise<Part> {
  const shape = [1, ...model.classifier.inputShape];
  const map = await regionsAround(
    model,
    float32Tensor(shape, input),
    float32Tensor(shape, toward),
    { reach, most: MOST_REGIONS },
    { signal },
  );
  return {
    part: 'regions',
    svg: regionFigure(map),
    regions: map.regions.length,
    complete: map.complete,
  };
}
