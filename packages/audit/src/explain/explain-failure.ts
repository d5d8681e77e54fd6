import { FloatpathError, type Bounds, type Float32Tensor, type RunOptions } from '@floatpath/core';
import {
  ballRegion,
  compareSelections,
  proveRegion,
  segmentBetween,
  selectionsAt,
  type PatternLayout,
  type PreparedBounds,
  type Segment,
} from '@floatpath/activation-patterns';
import {
  diagnoseFailures,
  flipBack,
  kinkList,
  marginLedger,
  provedNeighborhood,
  strongestRival,
  sumByChannel,
  sumByGate,
  type Decomposer,
  type Diagnosis,
  type FailurePair,
  type KinkList,
  type MarginLedger,
  type Neighborhood,
  type PreparedPaths,
  type Restorer,
  type UnitValue,
} from '@floatpath/path-decomp';
import { accountOf } from '../figures/account-charts.js';
import type { ExplainedFailure } from './explanation.js';
import type { ExplainRequest } from './request.js';

/** What failures are explained with. */
export interface Explainer {
  readonly paths: PreparedPaths;
  readonly decomposer: Decomposer;
  readonly restorer: Restorer;
  /** What proofs about balls are made with, where they are asked for. */
  readonly prover?: PreparedBounds;
}

/** A failure with its neighborhood. */
export interface FailureToExplain {
  readonly x: Float32Tensor;
  readonly adversarial: Float32Tensor;
  readonly label: number;
  readonly neighborhood: Neighborhood & { readonly endSelections: Uint16Array };
  /** The segment, where that is the evidence. */
  readonly segment?: Segment;
  /** In float64. */
  readonly rival: number;
}

/** A failure explained, with what the kept rows leave out. */
export interface FullExplanation {
  readonly failure: ExplainedFailure;
  readonly ledger: MarginLedger;
  readonly kinks: KinkList | undefined;
}

/**
 * Which units are float around a pair, by the evidence asked for; undefined if float64 does not see a failure (a tie that
 * rounding decides).
 */
export function failureAt(
  { paths, prover }: Explainer,
  x: Float32Tensor,
  adversarial: Float32Tensor,
  label: number,
  request: ExplainRequest,
  bounds: Bounds,
): FailureToExplain | undefined {
  const { analysis } = paths;
  const segment = segmentBetween(analysis, x, adversarial);
  const { start, end } = segment.logits;
  const right = (logits: Float64Array): boolean => strongestWins(logits, label);
  if (!right(start) || right(end)) return undefined;
  const common = { x, adversarial, label, rival: strongestRival(end, label) };
  const { endSelections } = segment;
  if (request.evidence === 'segment') return { ...common, neighborhood: segment, segment };
  const { norm = 'linf', epsilon = 0, proof: method } = request;
  if (prover === undefined || method === null) {
    const compared = compareSelections([selectionsAt(analysis, x), endSelections]);
    return { ...common, neighborhood: { ...compared, endSelections } };
  }
  const region = ballRegion(analysis, x, { norm, radius: epsilon, bounds });
  const proof = proveRegion(prover, region, { method });
  return { ...common, neighborhood: { ...provedNeighborhood(proof), endSelections } };
}

const strongestWins = (logits: Float64Array, label: number): boolean =>
  logits.findIndex((value) => value === Math.max(...logits)) === label;

/** Explains failures: the split of all in batches on the engine, the ledgers one by one in float64. */
export async function explainFailuresFully(
  explainer: Explainer,
  failures: readonly FailureToExplain[],
  run: RunOptions,
): Promise<FullExplanation[]> {
  const diagnoses = await diagnosesOf(explainer.decomposer, failures, run);
  const explained: FullExplanation[] = [];
  for (const [i, failure] of failures.entries()) {
    run.signal?.throwIfAborted();
    explained.push(await explainOne(explainer, failure, diagnoses[i] ?? null, run));
    // Ledgers are synchronous: let timers and signals through between failures.
    await new Promise((resolve) => {
      setTimeout(resolve, 0);
    });
  }
  return explained;
}

/** The engine rounds in another order than float64, so a failure by a hair can be none there: null. */
async function diagnosesOf(
  decomposer: Decomposer,
  pairs: readonly FailurePair[],
  run: RunOptions,
): Promise<(Diagnosis | null)[]> {
  const quiet = run.signal ? { signal: run.signal } : {};
  try {
    return await diagnoseFailures(decomposer, pairs, quiet);
  } catch (error) {
    if (!(error instanceof FloatpathError && error.code === 'invalid-argument')) throw error;
    const [only] = pairs;
    if (pairs.length === 1 && only !== undefined) return [null];
    const half = Math.ceil(pairs.length / 2);
    return [
      ...(await diagnosesOf(decomposer, pairs.slice(0, half), run)),
      ...(await diagnosesOf(decomposer, pairs.slice(half), run)),
    ];
  }
}

async function explainOne(
  { paths, restorer }: Explainer,
  { x, adversarial, label, neighborhood, segment, rival }: FailureToExplain,
  diagnosis: Diagnosis | null,
  run: RunOptions,
): Promise<FullExplanation> {
  const { layout } = paths.analysis;
  const ledger = marginLedger(paths, { x, adversarial, label, rival, neighborhood });
  const kinks = segment && kinkList(segment, label, rival);
  const promising = [...ledger.rows].sort((a, b) => b.share - a.share || a.unit - b.unit);
  const order = promising.map(({ unit }) => unit);
  const quiet = run.signal ? { signal: run.signal } : {};
  const flipped = await flipBack(restorer, { adversarial, label, neighborhood, order }, quiet);
  const idOf = new Map(ledger.rows.map(({ unit, id }) => [unit, id]));
  const { drop, fixed, rows, others, ulps } = accountOf(ledger);
  const shares = ledger.rows.map(({ unit, share }) => ({ unit, value: share }));
  const gates = sumByGate(layout, shares);
  const channels = largestChannels(layout, shares);
  const failure: ExplainedFailure = {
    rival,
    kind: diagnosis?.rival === rival ? diagnosis.kind : null,
    margin: { ...ledger.margin },
    sumLaw: diagnosis && {
      residual: diagnosis.residual,
      tolerance: diagnosis.tolerance,
      holds: diagnosis.holds,
    },
    ledger: {
      ...{ drop, fixed, rows: [...rows], others },
      gates: gates.map(({ gate, count, sum }, i) => ({
        gate,
        float: count,
        units: layout.gates[i]?.units ?? 0,
        share: sum,
      })),
      ...(channels.length > 0 && { channels }),
      residual: ledger.residual,
      ulps,
    },
    kinks: kinks
      ? {
          crossings: segment?.crossings.length ?? 0,
          rows: kinks.rows.length,
          start: kinks.start,
          change: kinks.change,
          residual: kinks.residual,
          ulps: kinks.ulps,
        }
      : null,
    flipBack: {
      kind: flipped.kind,
      units: flipped.kind === 'found' ? flipped.units.map((unit) => idOf.get(unit) ?? '') : null,
      minimum: flipped.kind === 'found' ? flipped.minimum : null,
      candidates: flipped.candidates,
    },
  };
  return { failure, ledger, kinks };
}

/** Channels that are listed of a failure. */
const MOST_CHANNELS = 8;

/** Those that lost most, of gates whose channels have several units. */
function largestChannels(
  layout: PatternLayout,
  shares: readonly UnitValue[],
): NonNullable<ExplainedFailure['ledger']['channels']> {
  const images = new Set(
    layout.gates.filter(({ rowShape }) => rowShape.length > 1).map(({ name }) => name),
  );
  return sumByChannel(layout, shares)
    .filter(({ gate, sum }) => images.has(gate) && sum !== 0)
    .map(({ gate, channel = 0, count, sum }) => ({ gate, channel, float: count, share: sum }))
    .sort((a, b) => Math.abs(b.share) - Math.abs(a.share))
    .slice(0, MOST_CHANNELS);
}
