import type { Network } from './network.js';

/** Lowest and highest value that an input can take. */
export type Bounds = readonly [low: number, high: number];

/**
 * What happens to an input before the file's own first node. Part of the model: epsilon, sigma and
 * radii are in the units of `bounds`, whatever the network does inside.
 */
export interface Preprocessing {
  readonly bounds: Bounds;
  /** Per channel, or one value for all; in units of `bounds`. */
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  /** Layout the file expects; inputs are always handed over as NCHW. */
  readonly layout: 'nchw' | 'nhwc';
}

export type ModelFormat = 'onnx';

/** A model file as it was read. */
export interface Model {
  readonly name: string;
  readonly format: ModelFormat;
  /** The file's own bytes, for running the artefact itself. */
  readonly bytes: Uint8Array;
  /** The file's graph, before preprocessing is put inside. */
  readonly network: Network;
}

export const defaultPreprocessing: Preprocessing = { bounds: [0, 1], layout: 'nchw' };
