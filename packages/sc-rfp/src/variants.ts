import {
  requireArgument,
  type Engine,
  type Feeds,
  type Network,
  type ValueInfo,
} from '@floatpath/core';
import { foldConstants } from '@floatpath/engine';
import type { Anchor, AnchorObserver, ConditionalAnchor, ObserveOptions } from './anchor.js';
import { joinNetworks, type JoinPart } from './join.js';
import { repressOnce, type RepressForm } from './repress.js';

/** One network among several that are run together. */
export type Variant = RepressedVariant | NetworkVariant;

/** The network with its float paths repressed. */
export interface RepressedVariant {
  /** Name of its output; any but `plain`. */
  readonly name: string;
  readonly anchor: Anchor;
  readonly form: RepressForm;
  readonly lambda: number;
  /** Takes a lambda outside [0, 1]. */
  readonly extrapolate?: boolean;
}

/** Any network of the same input and classes, e.g. a control. */
export interface NetworkVariant {
  /** Name of its output; any but `plain`. */
  readonly name: string;
  /** First output `[batch, K]` logits. */
  readonly network: Network;
}

/** Name of the output that holds the network's own logits. */
export const PLAIN_OUTPUT = 'plain';

/**
 * The network and its repressed variants in one graph, so that all of them see the same noise in one pass. N is
 * computed once, and so is every partition and fixed part that several variants share.
 *
 * @returns outputs {@link PLAIN_OUTPUT} and one per variant, each `[batch, K]`. A conditional anchor adds inputs of shape
 * `[1, ...]`; {@link createVariantFeeds} finds their values for an image
 * @throws {FloatpathError} `invalid-argument` for names used twice or lambdas outside [0, 1] (unless `extrapolate`)
 */
export function sharedCounterNetwork(network: Network, variants: readonly Variant[]): Network {
  const names = [PLAIN_OUTPUT, ...variants.map((variant) => variant.name)];
  requireArgument(
    new Set(names).size === names.length,
    `sharedCounterNetwork: expected different names, got ${names.join(', ')}`,
  );
  const plain = foldConstants(network);
  return joinNetworks(`${network.name} and variants`, network.inputs, [
    {
      prefix: '',
      network: { ...plain, outputs: [plain.outputs[0] as ValueInfo] },
      output: PLAIN_OUTPUT,
    },
    ...variants.map((variant) => partOf(plain, variant)),
  ]);
}

function partOf(plain: Network, variant: Variant): JoinPart {
  const { name: output } = variant;
  if ('network' in variant) return { prefix: '', network: foldConstants(variant.network), output };
  const { anchor } = variant;
  const network = repressOnce(plain, { ...variant, partition: anchor.partition });
  return { prefix: inputPrefix(anchor), network, output };
}

/**
 * Finds, per image, the values of the inputs that conditional anchors add to {@link sharedCounterNetwork}. Variants
 * with the same anchor share one observation.
 */
export async function createVariantFeeds(
  engine: Engine,
  network: Network,
  variants: readonly Variant[],
  options: ObserveOptions,
): Promise<AnchorObserver> {
  const anchors = new Map<string, ConditionalAnchor>();
  for (const variant of variants) {
    if ('network' in variant) continue;
    const { anchor, lambda } = variant;
    // Lambda 1 is the plain network: no partition, no inputs.
    if ('observe' in anchor && lambda !== 1) anchors.set(inputPrefix(anchor), anchor);
  }
  const observers = new Map<string, AnchorObserver>();
  for (const [prefix, anchor] of anchors) {
    observers.set(prefix, await anchor.observe(engine, network, options));
  }
  return {
    async feedsAt(x, image, run) {
      const feeds: [string, Feeds[string]][] = [];
      for (const [prefix, observer] of observers) {
        for (const [name, tensor] of Object.entries(await observer.feedsAt(x, image, run))) {
          feeds.push([prefix + name, tensor]);
        }
      }
      return Object.fromEntries(feeds);
    },
    async [Symbol.asyncDispose]() {
      for (const observer of observers.values()) await observer[Symbol.asyncDispose]();
    },
  };
}

const inputPrefix = (anchor: Anchor): string => `${anchor.name}/`;
