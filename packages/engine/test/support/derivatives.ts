import { float64Tensor, sizeOf, type Feeds, type Network, type Tensor } from '@floatpath/core';
import {
  createGraphBuilder,
  differentiate,
  gatesOf,
  referenceEngine,
  TARGET,
  withOutputs,
} from '../../src/index.js';

export interface GradientError {
  /** Largest difference from central differences, relative to the largest value or derivative met. */
  readonly error: number;
  /** Coordinates compared; the others have a gate that switches within the step. */
  readonly compared: number;
}

const wide = (tensor: Tensor): Float64Array => Float64Array.from(tensor.data, Number);

/**
 * Compares the gradient of sum_j c_j output_j with respect to the first input with central differences, in float64.
 *
 * @param differentiated - cotangent handed to the differentiated network; another one than c is a planted fault
 */
export async function gradientError(
  network: Network,
  feeds: Feeds,
  cotangent: (index: number) => number,
  step = 1e-5,
  differentiated = cotangent,
): Promise<GradientError> {
  const [input, output] = [network.inputs[0], network.outputs[0]];
  if (input === undefined || output === undefined) throw new Error('no input or output');
  const x = feeds[input.name] as Tensor;
  const graph = createGraphBuilder(network);
  const watched = gatesOf(network).map((gate) => gate.op.select(graph, gate));
  const engine = referenceEngine();
  await using plain = await engine.load(
    withOutputs(graph.build('watched', network.outputs), [...new Set([output.name, ...watched])]),
  );
  const at = async (data: Float64Array): Promise<{ f: Float64Array; active: string }> => {
    const fetches = await plain.run({ ...feeds, [input.name]: float64Tensor(x.shape, data) });
    const active = watched.map((name) => wide(fetches[name] as Tensor));
    return { f: wide(fetches[output.name] as Tensor), active: active.join() };
  };
  const base = await at(wide(x));
  const shape = output.shape.map((extent) =>
    extent === 'batch' ? (x.shape[0] as number) : extent,
  );
  const weights = Float64Array.from({ length: sizeOf(shape) }, (_, i) => cotangent(i));
  const target = weights.map((_, i) => differentiated(i));
  await using kernel = await engine.load(differentiate(network, 'cotangent'));
  const fetches = await kernel.run({ ...feeds, [TARGET]: float64Tensor(shape, target) });
  const gradient = wide(fetches['gradient'] as Tensor);
  let error = 0;
  let compared = 0;
  for (let i = 0; i < gradient.length; i += 1) {
    const move = (by: number): Promise<{ f: Float64Array; active: string }> =>
      at(wide(x).map((v, k) => (k === i ? v + by : v)));
    const [up, down] = [await move(step), await move(-step)];
    if (up.active !== down.active || up.active !== base.active) continue;
    const slope = weights.reduce(
      (sum, c, j) => sum + (c * ((up.f[j] as number) - (down.f[j] as number))) / (2 * step),
      0,
    );
    const scale = Math.max(1, Math.abs(slope), ...base.f.map(Math.abs));
    error = Math.max(error, Math.abs(slope - (gradient[i] as number)) / scale);
    compared += 1;
  }
  return { error, compared };
}
