import { FloatpathError } from '@floatpath/core';
import { attribute, marginOf, type KinkList, type PreparedPaths } from '@floatpath/path-decomp';
import type { ExplainedImage } from './explain-images.js';
import type { ExplanationRow } from './explanation.js';

/** A failure drawn in the report: what its row leaves out because it is large. */
export interface ExplainExhibit {
  readonly row: ExplanationRow;
  /** Of one image, as the data set has it. */
  readonly shape: readonly number[];
  readonly bounds: readonly [low: number, high: number];
  readonly clean: Float32Array;
  readonly adversarial: Float32Array;
  /**
   * What every input element brings to the margin at the adversarial input (gradient x input), along fixed paths and along float
   * paths, and what constants bring. All together they are the margin.
   */
  readonly attribution: {
    readonly fixed: Float64Array;
    readonly float: Float64Array;
    readonly constants: { readonly fixed: number; readonly float: number };
    readonly ulps: number;
  };
  readonly kinks: KinkList | undefined;
  /** Printed ids of the units that switch. */
  readonly unitNames: ReadonlyMap<number, string>;
}

/** @param shape - of one image, as the data set has it */
export function explainExhibit(
  paths: PreparedPaths,
  { row, full }: ExplainedImage,
  shape: readonly number[],
  bounds: readonly [number, number],
): ExplainExhibit {
  if (full === undefined) {
    throw new FloatpathError(
      'invalid-argument',
      `explain: expected a failure to show, got image ${row.image} that is none`,
    );
  }
  const { x, adversarial, neighborhood, label, rival } = full.pair;
  const cotangent = marginOf(paths.classes, label, rival);
  const { fixed, float, ulps } = attribute(paths, adversarial, neighborhood, cotangent);
  return {
    row,
    shape,
    bounds,
    clean: x.data,
    adversarial: adversarial.data,
    attribution: {
      fixed: fixed.input,
      float: float.input,
      constants: { fixed: fixed.constant, float: float.constant },
      ulps,
    },
    kinks: full.kinks,
    unitNames: new Map(full.ledger.rows.map(({ unit, id }) => [unit, id])),
  };
}
