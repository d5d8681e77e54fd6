import { segmentBetween } from '@floatpath/activation-patterns';
import { FloatpathError, type Float32Tensor } from '@floatpath/core';
import {
  diagnoseFailures,
  kinkList,
  marginLedger,
  type Diagnosis,
  type FailurePair,
  type KinkList,
  type MarginLedger,
} from '@floatpath/path-decomp';
import { pathFlows } from '../exhibits/path-flows.js';
import { flowChartOf, type FlowChart } from '../figures/flow-chart.js';
import type { ExploredModel, ExplorerPaths } from './explored-model.js';

/** Where the margin went on the way from an input to another one. */
export interface ExplainedPoint {
  /** Null where the second input keeps the label, or where rounding decides. */
  readonly kind: Diagnosis['kind'] | null;
  readonly ledger: MarginLedger;
  readonly kinks: KinkList;
  readonly flow: FlowChart;
  /** Units that switch on the segment. */
  readonly float: number;
}

/**
 * Explains the way from `x` to `adversarial`: every crossing on the segment in float64, the margin ledger and the kink list
 * of it, and the flows of the margin along fixed and float paths.
 *
 * @throws {FloatpathError} `not-piecewise-linear`, `shape-mismatch`, `not-finite`
 */
export async function explainPoint(
  model: ExploredModel,
  x: Float32Tensor,
  adversarial: Float32Tensor,
  label: number,
): Promise<ExplainedPoint> {
  const paths = await model.paths();
  const { analysis } = paths;
  const neighborhood = segmentBetween(analysis, x, adversarial);
  const ledger = marginLedger(paths.exact, { x, adversarial, label, neighborhood });
  const { rival, margin, fixed, drop } = ledger;
  const request = { x, adversarial, neighborhood, label, rival };
  const { gates, flows } = await pathFlows(paths.flows, analysis, request);
  const floatUnits = neighborhood.float.reduce((sum, mark) => sum + mark, 0);
  return {
    kind: await kindOf(paths, { x, adversarial, label, neighborhood }),
    ledger,
    kinks: kinkList(neighborhood, label, rival),
    flow: flowChartOf(
      {
        gates,
        flows,
        label,
        diagnosis: {
          rival,
          marginClean: margin.clean,
          marginAdversarial: margin.adversarial,
          fixedDrop: fixed,
          floatDrop: drop - fixed,
        },
      },
      'The network, path by path',
      String,
    ),
    float: floatUnits,
  };
}

async function kindOf(
  { decomposer }: ExplorerPaths,
  pair: FailurePair,
): Promise<Diagnosis['kind'] | null> {
  try {
    const [diagnosis] = await diagnoseFailures(decomposer, [pair]);
    return diagnosis?.kind ?? null;
  } catch (error) {
    if (error instanceof FloatpathError && error.code === 'invalid-argument') return null;
    throw error;
  }
}
