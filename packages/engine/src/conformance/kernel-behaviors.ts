import { FloatpathError, float32Tensor, type Engine, type ErrorCode } from '@floatpath/core';
import { oneNode, rows } from './case.js';

/** Something that every kernel does; `problem` says what an engine does instead. */
export interface KernelBehavior {
  readonly name: string;
  problem(): Promise<string | undefined>;
}

async function rejection(
  code: ErrorCode,
  run: () => Promise<unknown>,
): Promise<string | undefined> {
  try {
    await run();
  } catch (error) {
    if (error instanceof FloatpathError && error.code === code) return undefined;
    return `expected a FloatpathError "${code}", got ${String(error)}`;
  }
  return `expected a FloatpathError "${code}", got an answer`;
}

/** What `Kernel` promises besides numbers, tried on a network of one Relu. */
export function kernelBehaviors(engine: Engine): readonly KernelBehavior[] {
  const { network } = oneNode('Relu', 'behavior', [rows([3])]);
  const load = (): ReturnType<Engine['load']> => engine.load(network);
  const feed = (count: number): Record<string, ReturnType<typeof float32Tensor>> => ({
    in0: float32Tensor(
      [count, 3],
      Float32Array.from({ length: 3 * count }, (_, i) => i - count),
    ),
  });
  return [
    {
      name: 'refuses an input of another shape',
      async problem() {
        await using kernel = await load();
        return await rejection('shape-mismatch', () => kernel.run({ in0: float32Tensor([2, 4]) }));
      },
    },
    {
      name: 'refuses a missing input',
      async problem() {
        await using kernel = await load();
        return await rejection('shape-mismatch', () => kernel.run({}));
      },
    },
    {
      name: 'answers runs of several sizes that are asked for at once',
      async problem() {
        await using kernel = await load();
        const sizes = [1, 5, 2, 64, 1];
        const fetched = await Promise.all(sizes.map((size) => kernel.run(feed(size))));
        for (const [k, fetches] of fetched.entries()) {
          const size = sizes[k] as number;
          const expected = Array.from({ length: 3 * size }, (_, i) => Math.max(0, i - size));
          const actual = Array.from(fetches['out']?.data ?? [], Number);
          if (actual.join() !== expected.join()) return `expected ${size} rows of their own feeds`;
        }
        return undefined;
      },
    },
    {
      name: 'refuses to run once disposed, and may be disposed twice',
      async problem() {
        const kernel = await load();
        await kernel[Symbol.asyncDispose]();
        await kernel[Symbol.asyncDispose]();
        return await rejection('kernel-disposed', () => kernel.run(feed(1)));
      },
    },
    {
      name: 'refuses a network whose nodes use values that nothing makes',
      problem: () =>
        rejection('invalid-network', async () => {
          const broken = { ...network, inputs: [] };
          await using kernel = await engine.load(broken);
          return kernel.network;
        }),
    },
  ];
}
