import type { Engine, Network, Tensor, ValueInfo } from '@floatpath/core';
import { createGraphBuilder, gatesOf, inferTypes, type Gate } from '@floatpath/engine';
import { copiedGates, type LabelledImages } from '@floatpath/sc-rfp';
import { numbersOf } from '@floatpath/core';
import type { Look } from './designs/look.js';
import { noisyImages } from './noisy-images.js';

/** Per gate node name and unit, sqrt(mean (z_u(a(x + noise)) - z_u(x))^2): how far off the look's pre-activation is. */
export async function unitErrors(
  engine: Engine,
  network: Network,
  look: Look,
  { images, ids }: LabelledImages,
  options: { readonly sigma: number; readonly draws: number; readonly seed: number },
): Promise<ReadonlyMap<string, Float32Array>> {
  const gates = gatesOf(network);
  const types = inferTypes(network);
  const graph = createGraphBuilder(network);
  const copies = copiedGates(graph, network, look(graph));
  const outputs = gates.flatMap((gate) =>
    [gate, copies.get(gate.node.name) as Gate].map(({ inputs }): ValueInfo => ({
      name: graph.add('Identity', [inputs[0] as string]),
      dtype: 'float32',
      shape: types.get(gate.inputs[0] as string)?.shape ?? [],
    })),
  );
  const input = network.inputs[0]?.name ?? '';
  await using kernel = await engine.load(graph.build('pre-activations', outputs));
  const squares = gates.map((gate) => new Float64Array(gate.units));
  const clean = await kernel.run({ [input]: images });
  for (let round = 0; round < options.draws; round += 1) {
    const noisy = await kernel.run({ [input]: noisyImages(images, ids, { ...options, round }) });
    squares.forEach((sums, g) => {
      const there = numbersOf(clean[outputs[2 * g]?.name ?? ''] as Tensor);
      const here = numbersOf(noisy[outputs[2 * g + 1]?.name ?? ''] as Tensor);
      here.forEach((v, i) => {
        const u = i % sums.length;
        sums[u] = (sums[u] as number) + (v - (there[i] as number)) ** 2;
      });
    });
  }
  const count = ids.length * options.draws;
  return new Map(
    gates.map((gate, g) => [
      gate.node.name,
      Float32Array.from(squares[g] as Float64Array, (sum) => Math.sqrt(sum / count)),
    ]),
  );
}
