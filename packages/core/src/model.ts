import type { Dimension, Network } from './network.js';

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

export type ModelFormat =
  'onnx' | 'tfjs-layers' | 'tfjs-graph' | 'keras-h5' | 'keras-archive' | 'keras-json' | 'nnet';

/** What a file says beside its graph, and what a person should know of how it was read. */
export interface FileFacts {
  /** Order of axes of an image input, where the format itself says it. */
  readonly inputLayout?: Preprocessing['layout'];
  /** Range of each input, row-major, where the format says it. */
  readonly inputRange?: { readonly low: readonly number[]; readonly high: readonly number[] };
  /** One sentence each. */
  readonly notes: readonly string[];
}

interface ModelFile {
  readonly name: string;
  readonly format: ModelFormat;
  /** The file's own bytes, for running the artefact itself; several files that belong together as one zip archive. */
  readonly bytes: Uint8Array;
}

/** A model file whose graph was read: paths, patterns and gradients can be told. */
export interface GraphModel extends ModelFile {
  readonly kind: 'graph';
  /** The file's graph, before preprocessing is put inside. */
  readonly network: Network;
  /** Absent where the format says nothing beside its graph. */
  readonly facts?: FileFacts;
}

/** An input or output in a file's own words, which no op has been checked against. */
export interface DeclaredValue {
  readonly name: string;
  /** Element type in ONNX Runtime's words: `float32`, `float16`, `uint8`, ...; `unknown` where the file does not say. */
  readonly dtype: string;
  /** Absent where the file does not say; `'unknown'` is an extent that may vary, behind the first axis. */
  readonly shape?: readonly (Dimension | 'unknown')[];
}

/** A model file that runs on its own bytes only: it can be smoothed, and attacked by its scores. */
export interface OpaqueModel extends ModelFile {
  readonly kind: 'opaque';
  /** Why its graph is not read, naming op and node; absent where nobody tried. */
  readonly refusal?: string;
  /** Absent where the format says nothing of the kind. */
  readonly facts?: Pick<FileFacts, 'inputLayout'>;
  readonly inputs: readonly DeclaredValue[];
  readonly outputs: readonly DeclaredValue[];
}

/** A model file as it was read. */
export type Model = GraphModel | OpaqueModel;

export const defaultPreprocessing: Preprocessing = { bounds: [0, 1], layout: 'nchw' };
