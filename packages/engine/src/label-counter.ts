import {
  argmaxRows,
  FloatpathError,
  float32Tensor,
  GRID_STEPS,
  type Arithmetic,
  type Bounds,
  type Engine,
  type Feeds,
  type Float32Tensor,
  type LabelCounter,
  type Network,
  type Tensor,
} from '@floatpath/core';
import { addNoise, noisyInputs } from './add-noise.js';
import { toFloat32 } from './float32-output.js';
import { requireGridEngine } from './grid-engine.js';

export interface EngineLabelCounter extends LabelCounter, AsyncDisposable {
  /** The same counter with values for the network's further inputs (such as masks of one image). */
  withFeeds(feeds: Feeds): LabelCounter;
}

/** The integer grid point of `x` as float32: round(255 (x - low) / (high - low)). */
function gridPoint(x: Float32Tensor, [low, high]: Bounds): Float32Array {
  return x.data.map((v) => Math.round((GRID_STEPS * (v - low)) / (high - low)));
}

/**
 * Counts which class wins on noisy copies of one input, with the noise added inside the graph. Every output of
 * `network` holds the logits `[batch, classes]` of one classifier; all are counted in one pass on the same noise. The
 * input may come in any shape of the right size, so that networks with different input shapes share it.
 *
 * @throws {FloatpathError} `invalid-argument` for grid noise on an engine whose rows may depend on their batch; from
 * `countLabels` `invalid-argument` for noise of the other arithmetic, `not-finite` if a logit is NaN (nothing is counted
 * then)
 */
export async function createLabelCounter(
  engine: Engine,
  network: Network,
  options: { readonly bounds: Bounds; readonly arithmetic: Arithmetic },
): Promise<EngineLabelCounter> {
  const { bounds, arithmetic } = options;
  requireGridEngine('createLabelCounter', engine, arithmetic);
  const names = network.outputs.map((output) => output.name);
  const classes = Number(network.outputs[0]?.shape.at(-1));
  const rowShape = network.inputs[0]?.shape.slice(1).map(Number) ?? [];
  if (network.outputs.some((output) => Number(output.shape.at(-1)) !== classes)) {
    throw new FloatpathError(
      'invalid-network',
      `createLabelCounter: expected outputs of ${classes} classes each, got ${network.outputs.map((output) => `[${output.shape.join(', ')}]`).join(', ')}`,
    );
  }
  const noisy = addNoise(network, arithmetic, bounds);
  const kernel = await engine.load(noisy);

  const counterWith = (extra: Feeds): LabelCounter => ({
    names,
    classes,
    async countLabels(x, noise) {
      if (noise.arithmetic !== arithmetic) {
        throw new FloatpathError(
          'invalid-argument',
          `countLabels: expected ${arithmetic} noise, got ${noise.arithmetic} noise`,
        );
      }
      if (noise.rows === 0) return names.map(() => new Uint32Array(classes));
      const feeds: Record<string, Tensor> = {
        ...extra,
        [noisyInputs.center]: float32Tensor(
          [1, ...rowShape],
          noise.arithmetic === 'grid' ? gridPoint(x, bounds) : x.data,
        ),
        [noisyInputs.noise]: float32Tensor([noise.rows, ...rowShape], noise.values),
      };
      if (noise.arithmetic === 'grid') {
        feeds[noisyInputs.clipLow] = float32Tensor([], [noise.clip[0]]);
        feeds[noisyInputs.clipHigh] = float32Tensor([], [noise.clip[1]]);
      }
      const fetches = await kernel.run(feeds);
      return names.map((name, slot) => {
        const logits = toFloat32(fetches[noisy.outputs[slot]?.name ?? name], name);
        if (logits.data.some(Number.isNaN)) {
          throw new FloatpathError(
            'not-finite',
            `countLabels: expected numbers as logits, got NaN from "${name}"; nothing was counted`,
          );
        }
        const counts = new Uint32Array(classes);
        for (const label of argmaxRows(logits)) counts[label] = (counts[label] as number) + 1;
        return counts;
      });
    },
  });

  return {
    ...counterWith({}),
    withFeeds: counterWith,
    [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
  };
}
