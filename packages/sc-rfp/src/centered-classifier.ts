import {
  float32Tensor,
  numbersOf,
  type Bounds,
  type Classifier,
  type Engine,
  type Float32Tensor,
  type Network,
  type RunOptions,
  type Tensor,
  type ValueInfo,
} from '@floatpath/core';
import { createLabelCounter, objectivesOf } from '@floatpath/engine';
import type { ConditionalAnchor, ObserveOptions } from './anchor.js';
import { createGradients } from './gradients.js';
import { repressOnce } from './repress.js';
import type { ScRfpOptions } from './sc-rfp.js';

/**
 * A classifier that is another one at every center x. It has no logits of its own, so `certify` does not accept it;
 * `surrogateRadius` does.
 */
export interface CenteredClassifier {
  readonly kind: 'centered';
  readonly guarantee: 'conditional';
  readonly name: string;
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly bounds: Bounds;
  /**
   * The network frozen at x. What smoothing says about it holds for this frozen network only, not for the classifier
   * that is frozen anew at every input.
   *
   * @param x - one input `[1, ...inputShape]`
   * @param image - its identity, which keys the draws of the anchor
   */
  at(x: Float32Tensor, image: number, options?: RunOptions): Promise<Classifier>;
}

/**
 * SC-RFP with an anchor at the center.
 *
 * @throws {FloatpathError} as `scRfp`
 * @see Jiang 2023, On Explaining Neural Network Robustness with Activation Path
 */
export async function createCenteredClassifier(
  engine: Engine,
  network: Network,
  options: ScRfpOptions<ConditionalAnchor> & ObserveOptions & { readonly bounds: Bounds },
): Promise<CenteredClassifier & AsyncDisposable> {
  const { anchor, lambda, bounds, noise } = options;
  const repressed = repressOnce(network, { ...options, partition: anchor.partition });
  const [input] = network.inputs as readonly [ValueInfo];
  const [output] = repressed.outputs as readonly [ValueInfo];
  const inputShape = input.shape.slice(1).map(Number);
  const classes = Number(output.shape.at(-1));
  const { arithmetic } = noise;
  const observer = await anchor.observe(engine, network, options);
  const forward = await engine.load(repressed);
  const gradients = createGradients(engine, repressed);
  const counter = await createLabelCounter(engine, repressed, { bounds, arithmetic });
  return {
    kind: 'centered',
    guarantee: 'conditional',
    name: `${anchor.name} lambda ${lambda}`,
    inputShape,
    classes,
    bounds,
    async at(x, image, run) {
      // Lambda 1 is the plain network: no partition, no inputs.
      const feeds = lambda === 1 ? {} : await observer.feedsAt(x, image, run);
      const frozen = counter.withFeeds(feeds);
      return {
        inputShape,
        classes,
        bounds,
        objectives: objectivesOf(classes),
        async logits(rows) {
          const fetches = await forward.run({ [input.name]: rows, ...feeds });
          const logits = fetches[output.name] as Tensor;
          return float32Tensor(logits.shape, numbersOf(logits));
        },
        gradient: (rows, objective) => gradients.gradient(rows, objective, feeds),
        async countLabels(center, rows) {
          const [counts] = await frozen.countLabels(center, rows);
          return counts as Uint32Array;
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await observer[Symbol.asyncDispose]();
      await forward[Symbol.asyncDispose]();
      await gradients[Symbol.asyncDispose]();
      await counter[Symbol.asyncDispose]();
    },
  };
}
