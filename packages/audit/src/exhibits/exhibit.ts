import type { KinkList } from '@floatpath/path-decomp';
import type { LedgerAccount } from '../figures/account-charts.js';
import type { ReportDiagnosis } from '../report.js';

/** One gate of a failure: which units are float on the segment, and what was lost through each. */
export interface ExhibitGate {
  readonly name: string;
  /** Shape of one row of the gate's output, e.g. `[channels, height, width]`. */
  readonly rowShape: readonly number[];
  /** 1 at units that switch somewhere on the segment. */
  readonly float: Uint8Array;
  /**
   * Margin lost on the fixed paths through each unit: a_u (fixed_u(x) - fixed_u(x')), with a_u the summed weight of the
   * paths from u's output to the margin through fixed units only. 0 at float units.
   */
  readonly fixedLoss: Float64Array;
  /**
   * Margin lost on the float paths that leave each unit and meet no further float unit: a_u (float_u(x) - float_u(x')). At a
   * float unit this is its share; over all float units of all gates the shares sum to the float drop.
   */
  readonly floatLoss: Float64Array;
}

/** A cell of the drawing: a gate and the channel (or unit) in it; the input; or the margin. */
export type FlowEnd =
  { readonly gate: number; readonly cell: number } | { readonly end: 'input' | 'margin' };

/** Margin lost on the paths that go from one cell straight to another and from there on through fixed units only. */
export interface Flow {
  readonly from: FlowEnd;
  readonly to: FlowEnd;
  /** On paths that have met no float unit. */
  readonly fixed: number;
  /** On paths that have. */
  readonly float: number;
}

/** A failure chosen to be shown: what a report's rows leave out because it is large. */
export interface Exhibit {
  /** Id of the network in the report. */
  readonly network: string;
  readonly image: number;
  readonly label: number;
  /** What the network says at the adversarial input. */
  readonly predicted: number;
  /** Of one image, as the data set has it. */
  readonly shape: readonly number[];
  readonly bounds: readonly [low: number, high: number];
  readonly clean: Float32Array;
  readonly adversarial: Float32Array;
  readonly diagnosis: ReportDiagnosis;
  /** The margin ledger of the segment, in float64. */
  readonly ledger: LedgerAccount;
  /** Every place on the segment where the margin bends. */
  readonly kinks: KinkList;
  /** Printed ids of the units that switch. */
  readonly unitNames: ReadonlyMap<number, string>;
  readonly gates: readonly ExhibitGate[];
  /** The largest flows between neighboring gates, per pair of gates and kind of path. */
  readonly flows: readonly Flow[];
}
