import {
  float32Tensor,
  shapeWithRows,
  sizeOf,
  type Float32Tensor,
  type Network,
} from '@floatpath/core';
import fc from 'fast-check';
import { POOL_LIMIT, poolInteger, poolNumber, type NumberPool } from './numbers.js';
import { families, growNetwork } from './plan.js';

/** A random network with inputs and coins. Shrinks toward fewer steps, small shapes and zeros. */
export interface NetworkCase {
  readonly network: Network;
  /** The `index`-th input, `[1, ...shape]` in [-2, 2]; neighbors differ. */
  point(index: number): Float32Tensor;
  /** Several inputs as the rows of one batch. */
  points(start: number, count: number): Float32Tensor;
  /** `count` random bits; `salt` tells uses apart. All 0 after shrinking. */
  coins(salt: number, count: number): Uint8Array;
}

const poolOf = (minimum: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: -POOL_LIMIT, max: POOL_LIMIT }), {
    minLength: minimum,
    maxLength: 61,
  });

/**
 * Random networks of one family (or of all): `mlp` (Gemm, Relu), `conv` (Conv with stride, pads, dilation, groups),
 * `dag` (every grower: residual sums, dense connections, branches that share values, constant and dead branches). `any` is
 * mostly `dag`.
 *
 * @param maximumSteps - nodes before the head, roughly
 */
export function networkCases(
  family: keyof typeof families | 'any' = 'any',
  maximumSteps = 8,
): fc.Arbitrary<NetworkCase> {
  // Most ops are in `dag` only.
  const kinds = family === 'any' ? (['mlp', 'conv', 'dag', 'dag', 'dag'] as const) : [family];
  const step = fc.array(fc.nat(59), { minLength: 12, maxLength: 12 });
  return fc
    .record({
      kind: fc.constantFrom(...kinds),
      shape: fc.nat(11),
      steps: fc.array(step, { minLength: 1, maxLength: maximumSteps, size: 'max' }),
      numberSteps: fc.constantFrom<NumberPool['steps']>('dyadic', 'decimal'),
      weights: poolOf(1),
      inputs: poolOf(1),
      coins: fc.array(fc.nat(1), { minLength: 1, maxLength: 61 }),
    })
    .map(({ kind, shape, steps, numberSteps, weights, inputs, coins }) => {
      const network = growNetwork(families[kind], {
        shape,
        steps,
        pool: { integers: weights, steps: numberSteps },
      });
      return networkCase(network, { integers: inputs, steps: numberSteps }, coins);
    });
}

function networkCase(network: Network, inputs: NumberPool, coins: readonly number[]): NetworkCase {
  const input = network.inputs[0];
  const shape = input === undefined ? [] : shapeWithRows(input, 1);
  const size = sizeOf(shape);
  const points = (start: number, count: number): Float32Tensor =>
    float32Tensor(
      [count, ...shape.slice(1)],
      Float32Array.from({ length: count * size }, (_, i) =>
        poolNumber(inputs, start * size + i, 2),
      ),
    );
  return {
    network,
    point: (index) => points(index, 1),
    points,
    coins: (salt, count) =>
      Uint8Array.from({ length: count }, (_, i) =>
        poolInteger({ integers: coins, steps: 'dyadic' }, salt * 7919 + i),
      ),
    [fc.toStringMethod]: () => describe(network, shape, inputs),
  } as NetworkCase;
}

function describe(network: Network, shape: readonly number[], inputs: NumberPool): string {
  const nodes = network.nodes.map(
    (node) =>
      `${node.outputs.join()} = ${node.op}(${node.inputs.join()}) ${JSON.stringify(node.attributes)}`,
  );
  const constants = [...network.constants].map(
    ([name, tensor]) =>
      `${name} [${tensor.shape.join()}] = ${Array.from(tensor.data, Number).join(' ')}`,
  );
  return [
    `x [${shape.join()}] from ${inputs.steps} ${inputs.integers.join(' ')}`,
    ...nodes,
    ...constants,
  ].join('\n');
}
