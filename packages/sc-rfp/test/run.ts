import {
  boolTensor,
  numbersOf,
  type Engine,
  type Feeds,
  type Network,
  type Tensor,
} from '@floatpath/core';
import { gatesOf, type Gate } from '@floatpath/engine';
import { floatInput } from '@floatpath/path-decomp';

/** All outputs of one run, as numbers. */
export async function run(
  engine: Engine,
  network: Network,
  feeds: Feeds,
): Promise<Readonly<Record<string, readonly number[]>>> {
  await using kernel = await engine.load(network);
  const fetches = await kernel.run(feeds);
  return Object.fromEntries(
    Object.entries(fetches).map(([name, tensor]) => [name, Array.from(numbersOf(tensor))]),
  );
}

/** One mask per gate for `rows` rows; `float(gate, size)` gives 1 at float units. */
export function masks(
  network: Network,
  rows: number,
  float: (gate: Gate, size: number) => ArrayLike<number>,
): Feeds {
  return Object.fromEntries(
    gatesOf(network).map((gate): [string, Tensor] => [
      floatInput(gate),
      boolTensor([rows, ...gate.rowShape], float(gate, rows * gate.units)),
    ]),
  );
}
