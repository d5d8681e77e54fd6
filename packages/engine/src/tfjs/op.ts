import type { NetworkNode } from '@floatpath/core';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { ValueType } from '../ops/op.js';

export type TfjsCore = typeof tfjs;
export type TfjsTensor = tfjs.Tensor;

/**
 * A value of the network on the backend. TensorFlow.js convolves and pools channels last only, so an image may stay in
 * that order until an op wants the network's own.
 */
export interface TfjsValue {
  readonly tensor: TfjsTensor;
  readonly layout: 'plain' | 'channelsLast';
}

/** One run of one node. Types have the rows of this run; constants carry their tensors. */
export interface TfjsCall {
  readonly tf: TfjsCore;
  readonly node: NetworkNode;
  readonly inputs: readonly (TfjsValue | undefined)[];
  readonly inputTypes: readonly (ValueType | undefined)[];
  readonly outputTypes: readonly ValueType[];
  /** A tensor of the node that is the same in every run (weights in another order), made in the first one. */
  readonly prepared: (name: string, make: () => TfjsTensor) => TfjsTensor;
  /** Fails the run, once its outputs are read, unless the bool scalar `holds`. */
  readonly require: (holds: TfjsTensor, expected: string) => void;
}

/** Runs a node; what it makes besides its outputs is disposed behind it. */
export type TfjsOp = (call: TfjsCall) => readonly TfjsValue[];
