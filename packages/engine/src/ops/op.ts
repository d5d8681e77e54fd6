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

/**
 * A gate whose every unit looks at one pre-activation z: piece k of `slopes`, `offsets` is selected for
 * breakpoints[k-1] < z <= breakpoints[k] (Clip: z >= high selects the last piece; `upperTie` says so).
 */
export interface GateOp extends OpBase {
  readonly role: 'gate';
  /** The pieces of the unit at `index` within one row. Breakpoints ascend. */
  pieces(node: NetworkNode, inputs: readonly (ValueType | undefined)[], index: number): Pieces;
  /**
   * Emits the selection of every unit as one tensor of the gate's output shape: bool for two pieces
   * (true = upper), int64 piece numbers for more.
   */
  select(graph: GraphBuilder, node: NetworkNode, z: string): string;
  /** Emits S y: the linear part of the selected map applied to `y`. */
  applySelection(graph: GraphBuilder, node: NetworkNode, selection: string, y: string): string;
  /** Emits c, the selected offset; absent for gates whose pieces all pass through the origin. */
  readonly selectedOffset?: (graph: GraphBuilder, node: NetworkNode, selection: string) => string;
}

/** A continuous piecewise-linear function of one variable: `slopes[k] * z + offsets[k]` on piece k. */
export interface Pieces {
  readonly breakpoints: readonly number[];
  readonly slopes: readonly number[];
  readonly offsets: readonly number[];
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
