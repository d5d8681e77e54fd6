import { type Tensor } from '@floatpath/core';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conformanceCases } from '../../src/conformance.js';
import { inferTypes, referenceEngine, withOutputs } from '../../src/index.js';

const shapesOf = (values: Iterable<[string, Pick<Tensor, 'shape'>]>): Record<string, string> =>
  Object.fromEntries([...values].map(([name, { shape }]) => [name, shape.join()]));

test('inferred shapes are the evaluated ones, for any number of rows', async () => {
  await fc.assert(
    fc.asyncProperty(networkCases(), fc.integer({ min: 1, max: 3 }), async (each, rows) => {
      const names = each.network.nodes.flatMap((node) => node.outputs);
      await using kernel = await referenceEngine().load(withOutputs(each.network, names));
      const fetches = await kernel.run({ x: each.points(0, rows) });
      const types = inferTypes(each.network, rows);
      const inferred = names.map((name): [string, Pick<Tensor, 'shape'>] => [
        name,
        { shape: types.get(name)?.shape ?? [] },
      ]);
      expect(shapesOf(inferred)).toEqual(shapesOf(Object.entries(fetches)));
    }),
    { numRuns: 60 },
  );
});

test.each(conformanceCases().map((each) => [`${each.op}, ${each.name}`, each] as const))(
  'inferred dtype and shape of %s',
  async (_, { network, feeds }) => {
    await using kernel = await referenceEngine().load(network);
    const fetches = await kernel.run(feeds);
    const batch = Object.values(feeds)[0]?.shape[0] ?? 1;
    for (const output of network.outputs) {
      const type = inferTypes(network, batch).get(output.name);
      const fetched = fetches[output.name];
      expect(type?.shape).toEqual(fetched?.shape);
      // The reference widens float32.
      expect(fetched?.dtype).toBe(type?.dtype === 'float32' ? 'float64' : type?.dtype);
    }
  },
);
