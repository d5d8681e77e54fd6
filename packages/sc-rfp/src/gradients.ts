import {
  float32Tensor,
  numbersOf,
  type Engine,
  type Feeds,
  type Float32Tensor,
  type Gradient,
  type Kernel,
  type Network,
  type Objective,
  type Tensor,
  type ValueInfo,
} from '@floatpath/core';
import { differentiate, TARGET, targetRows } from '@floatpath/engine';

/** Input gradients of a network with further inputs: the masks of one image. */
export interface Gradients extends AsyncDisposable {
  /** @throws {FloatpathError} `invalid-argument` for a label that is no class, `no-gradient` */
  gradient(x: Float32Tensor, objective: Objective, feeds: Feeds): Promise<Gradient>;
}

/** Kernels are loaded when first used. @param network - first output `[batch, classes]` logits */
export function createGradients(engine: Engine, network: Network): Gradients {
  const kernels = new Map<Objective['kind'], Promise<Kernel>>();
  const [input] = network.inputs as readonly [ValueInfo];
  const classes = Number(network.outputs[0]?.shape.at(-1));
  const kernelFor = (kind: Objective['kind']): Promise<Kernel> => {
    const known = kernels.get(kind) ?? engine.load(differentiate(network, kind));
    kernels.set(kind, known);
    return known;
  };
  return {
    async gradient(x, objective, feeds) {
      const kernel = await kernelFor(objective.kind);
      const target = targetRows(objective, classes);
      const fetches = await kernel.run({ [input.name]: x, ...feeds, [TARGET]: target });
      const [logits, gradient] = kernel.network.outputs.map(({ name }) => {
        const tensor = fetches[name] as Tensor;
        return float32Tensor(tensor.shape, numbersOf(tensor));
      });
      return { logits: logits as Float32Tensor, gradient: gradient as Float32Tensor };
    },
    async [Symbol.asyncDispose]() {
      for (const kernel of kernels.values()) await (await kernel)[Symbol.asyncDispose]();
    },
  };
}
