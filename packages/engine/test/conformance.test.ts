import {
  float32Tensor,
  type Engine,
  type Fetches,
  type Network,
  type Tensor,
} from '@floatpath/core';
import { expect, test } from 'vitest';
import { checkEngine, conformanceCases } from '../src/conformance.js';
import { ops, referenceEngine } from '../src/index.js';

const failures = async (engine: Engine): Promise<string[]> =>
  (await checkEngine(engine))
    .filter((result) => !result.passed)
    .map(({ op, name, problem }) => `${op}, ${name}: ${problem ?? ''}`);

test('every op of the engine has a case', () => {
  const covered = new Set(conformanceCases().map((each) => each.op));
  expect(ops.map((op) => op.type).filter((type) => !covered.has(type))).toEqual([]);
});

test('case names are unique within an op', () => {
  const names = conformanceCases().map(({ op, name }) => `${op}: ${name}`);
  expect(new Set(names).size).toBe(names.length);
});

/** An engine that does one thing wrong. */
function faulty(
  change: (fetches: Fetches, network: Network) => Fetches,
  rewrite: (network: Network) => Network = (network) => network,
): Engine {
  const inner = referenceEngine();
  return {
    name: 'faulty',
    async load(network) {
      const kernel = await inner.load(rewrite(network));
      return {
        ...kernel,
        run: async (feeds) => change(await kernel.run(feeds), network),
        [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
      };
    },
  };
}

const keep = (fetches: Fetches): Fetches => fetches;
const withoutAttribute =
  (op: string, attribute: string) =>
  (network: Network): Network => ({
    ...network,
    nodes: network.nodes.map((node) => ({
      ...node,
      attributes: Object.fromEntries(
        Object.entries(node.attributes).filter(([key]) => node.op !== op || key !== attribute),
      ),
    })),
  });

test.each([
  ['Conv', 'pads'],
  ['Conv', 'dilations'],
  ['ConvTranspose', 'output_padding'],
  ['Gemm', 'alpha'],
  ['BatchNormalization', 'epsilon'],
  ['Softmax', 'axis'],
])('control: an engine that ignores %s %s fails', async (op, attribute) => {
  const found = await failures(faulty(keep, withoutAttribute(op, attribute)));
  expect(found.some((failure) => failure.startsWith(op))).toBe(true);
  expect(found.every((failure) => failure.startsWith(op) || failure.startsWith('network'))).toBe(
    true,
  );
});

test('control: an engine with half precision fails', async () => {
  const coarse = faulty((fetches) =>
    Object.fromEntries(
      Object.entries(fetches).map(([name, tensor]) => [
        name,
        tensor.dtype === 'float64'
          ? { ...tensor, data: tensor.data.map((v) => v * (1 + 2 ** -11)) }
          : tensor,
      ]),
    ),
  );
  expect((await failures(coarse)).length).toBeGreaterThan(50);
});

test('control: an engine that reads constants with 16 bits of significand fails at sums of integers', async () => {
  const short = faulty(keep, (network) => ({
    ...network,
    constants: new Map(
      [...network.constants].map(([name, tensor]): [string, Tensor] => {
        if (tensor.dtype !== 'float32') return [name, tensor];
        const words = new Uint32Array(tensor.data.slice().buffer).map((word) => word & ~0xff);
        return [name, float32Tensor(tensor.shape, new Float32Array(words.buffer))];
      }),
    ),
  }));
  // Off by 2^-16, which the float tolerance of many cases lets pass.
  expect((await failures(short)).join('\n')).toContain('network, sums of integers');
});

test('control: an engine with another dtype or shape fails', async () => {
  const narrow = faulty((fetches) =>
    Object.fromEntries(
      Object.entries(fetches).map(([name, tensor]) => [
        name,
        tensor.dtype === 'bool' ? float32Tensor(tensor.shape, tensor.data) : tensor,
      ]),
    ),
  );
  expect((await failures(narrow)).some((failure) => failure.startsWith('Greater'))).toBe(true);
});

test('control: an engine that runs after disposal, or never refuses feeds, fails', async () => {
  const inner = referenceEngine();
  const careless: Engine = {
    name: 'careless',
    async load(network) {
      const kernel = await inner.load(network);
      return { network, run: (feeds) => kernel.run(feeds), async [Symbol.asyncDispose]() {} };
    },
  };
  expect(await failures(careless)).toEqual([
    expect.stringContaining('refuses to run once disposed') as string,
  ]);
});
