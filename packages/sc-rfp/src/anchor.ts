import type { Engine, Feeds, Float32Tensor, Network, RunOptions } from '@floatpath/core';
import type { Partition } from '@floatpath/path-decomp';
import type { Noise } from '@floatpath/smoothing';
import type { CenterAnchor } from './anchors/center.js';
import type { DenoisedAnchor } from './anchors/denoised.js';
import type { GlobalAnchor } from './anchors/global.js';
import type { InputAnchor } from './anchors/input.js';
import type { SignsAtXAnchor } from './anchors/signs-at-x.js';
import type { AnchorKind } from './guarantee.js';

/** Says which units are float, and therefore what the repressed network is a function of. */
export type Anchor = UnconditionalAnchor | ConditionalAnchor;

/** The partition is a function of the noisy input: the repressed network is a Network like any other. */
export type UnconditionalAnchor = InputAnchor | GlobalAnchor | DenoisedAnchor;

/** The partition comes from the center x and enters the repressed network as inputs of its own. */
export type ConditionalAnchor = CenterAnchor | SignsAtXAnchor;

export interface AnchorBase<K extends AnchorKind, P extends PartitionSource = Partition> {
  readonly kind: K;
  /** Full specification, for reports: `input(kappa 0.67)`. */
  readonly name: string;
  readonly partition: P;
}

/** A partition, or one made for the network whose float paths are repressed (folded). */
export type PartitionSource = Partition | ((network: Network) => Partition);

/** The partition of one folded network. */
export function partitionOf(source: PartitionSource, network: Network): Partition {
  return typeof source === 'function' ? source(network) : source;
}

export interface ConditionalAnchorBase<K extends AnchorKind> extends AnchorBase<K> {
  /** Loads what it takes to look at centers of this network. */
  observe(engine: Engine, network: Network, options: ObserveOptions): Promise<AnchorObserver>;
}

export interface ObserveOptions {
  /** The noise of the smoothed classifier. */
  readonly noise: Noise;
  readonly seed: number;
  readonly batchSize: number;
}

export interface AnchorObserver extends AsyncDisposable {
  /**
   * What the partition is at `x`: values for the inputs that it adds to a network. Drawn from the stream of purpose
   * `anchor`, which no certificate uses.
   *
   * @param x - one input `[1, ...]`
   * @param image - its identity, which keys the draws
   */
  feedsAt(x: Float32Tensor, image: number, options?: RunOptions): Promise<Feeds>;
}
