import type { DType, NetworkNode, Tensor } from '@floatpath/core';
import type { GraphBuilder } from '../graph-builder.js';

/**
 * What an op is to path analysis.
 *
 * affine: linear in its data inputs plus offsets. gate: selects an affine map by looking at its input.
 * smooth: neither; runs and differentiates, path analysis refuses it. plumbing: comparisons, casts and index work
 * that transformations emit; never on a path.
 */
export type Role = 'affine' | 'gate' | 'smooth' | 'plumbing';

export interface ValueType {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Present when the value is a constant of the network. */
  readonly constant?: Tensor;
}

interface OpBase {
  readonly type: string;
  /** Dtypes and shapes of the outputs. @throws {FloatpathError} `invalid-network` on inputs that do not fit */
  infer(node: NetworkNode, inputs: readonly (ValueType | undefined)[]): readonly ValueType[];
  /** The float64 reference: float tensors come in and go out as float64. */
  evaluate(node: NetworkNode, inputs: readonly (Tensor | undefined)[]): readonly Tensor[];
  /**
   * Emits the cotangents of the inputs (undefined where none flows) given those of the outputs.
   * Absent for ops without a derivative.
   */
  readonly backward?: (context: BackwardContext) => readonly (string | undefined)[];
}

/** Tells which input slots of a node hold constants. */
export type IsConstant = (slot: number) => boolean;

export interface AffineOp extends OpBase {
  readonly role: 'affine';
  /** Constant slots that only shift the output: a path starts there. */
  offsets(node: NetworkNode, isConstant: IsConstant): readonly number[];
  /** Why this use is not affine in the data, e.g. a product of two data tensors. */
  readonly refusal?: (node: NetworkNode, isConstant: IsConstant) => string | undefined;
  /**
   * Inputs on which `evaluate` gives |W||h| + |b| when the data inputs hold |h|: weights and offsets by their absolute
   * value, differences as sums. Data inputs are already absolute.
   */
  absolute(
    node: NetworkNode,
    inputs: readonly (Tensor | undefined)[],
  ): readonly (Tensor | undefined)[];
}

/** A gate node with the types of its values, for one row. */
export interface GateNode {
  readonly node: NetworkNode;
  readonly inputTypes: readonly (ValueType | undefined)[];
  readonly outputType: ValueType;
}

interface GateBase extends OpBase {
  readonly role: 'gate';
  /** Why this use is no gate, e.g. bounds that depend on the input. */
  readonly refusal?: (node: NetworkNode, isConstant: IsConstant) => string | undefined;
  /**
   * Emits the selection of every unit, read from the node's own inputs, as one tensor of the gate's output shape: bool
   * for at most two pieces (true = piece 1), int64 piece numbers for more.
   */
  select(graph: GraphBuilder, gate: GateNode): string;
  /**
   * Emits S y, the linear part of the selected maps.
   *
   * @param ys - per input slot what takes the place of the input; undefined at constants
   */
  applySelection(
    graph: GraphBuilder,
    gate: GateNode,
    selection: string,
    ys: readonly (string | undefined)[],
  ): string;
  /** Emits c, the selected offset; nothing for gates whose maps all pass through the origin. */
  readonly selectedOffset?: (
    graph: GraphBuilder,
    gate: GateNode,
    selection: string,
  ) => string | undefined;
}

/** A gate whose every unit looks at one pre-activation z, its first input, and selects one piece of a piecewise-linear function. */
export interface ElementwiseGate extends GateBase {
  readonly kind: 'elementwise';
  /** The pieces of the unit at `index` within one row. Breakpoints ascend; every unit has as many. */
  pieces(gate: GateNode): (index: number) => Pieces;
}

/** A gate whose every unit passes on the greatest (or least) of several candidates, the first of those on ties. */
export interface ChoiceGate extends GateBase {
  readonly kind: 'choice';
  readonly pick: 'greatest' | 'least';
  /** Number of pieces, the same for all units; a unit may have fewer candidates. */
  pieceCount(gate: GateNode): number;
  /** The candidates of the unit at `index` within one row, pieces ascending: the lower piece wins a tie. */
  candidates(gate: GateNode): (index: number) => readonly Candidate[];
  /** Emits the absolute difference of winner and runner-up: the distance to the nearest tie. Huge where there is one candidate. */
  gap(graph: GraphBuilder, gate: GateNode): string;
}

/** One value that a unit may pass on. */
export interface Candidate {
  readonly piece: number;
  /** Input slot of the gate. */
  readonly slot: number;
  /** Position within one row of that input; within all of it where it is a constant. */
  readonly index: number;
}

export type GateOp = ElementwiseGate | ChoiceGate;

/**
 * A continuous piecewise-linear function of one variable: `slopes[k] * z + offsets[k]` on piece k, which is selected for
 * breakpoints[k-1] < z <= breakpoints[k].
 */
export interface Pieces {
  readonly breakpoints: readonly number[];
  readonly slopes: readonly number[];
  readonly offsets: readonly number[];
  /** z at the last breakpoint selects the last piece (Clip: z >= high is high). */
  readonly upperTie?: boolean;
}

export interface SmoothOp extends OpBase {
  readonly role: 'smooth';
}

export interface PlumbingOp extends OpBase {
  readonly role: 'plumbing';
}

export type Op = AffineOp | GateOp | SmoothOp | PlumbingOp;

export interface BackwardContext {
  readonly graph: GraphBuilder;
  readonly node: NetworkNode;
  readonly cotangents: readonly (string | undefined)[];
  /** Row-batched types of the node's inputs and outputs, with one row. */
  readonly inputTypes: readonly (ValueType | undefined)[];
  readonly outputTypes: readonly ValueType[];
  /** Whether the first axis is the free batch axis. */
  readonly batched: boolean;
  /** Slots that need a cotangent. */
  readonly needed: (slot: number) => boolean;
}
