import {
  numbersOf,
  requireArgument,
  type Engine,
  type Float32Tensor,
  type Network,
} from '@floatpath/core';
import { foldConstants, gatesOf, isElementwise, withOutputs } from '@floatpath/engine';
import type { GateWidths } from './soften-gates.js';

/**
 * How far the pre-activation of every unit moves between pairs of inputs: the root of its mean square, and 0 for units that select the
 * same piece at both inputs of every pair, which are fixed as far as these pairs tell.
 *
 * @param x - `[rows, ...]`, such as images
 * @param moved - the same rows elsewhere, such as in random points of the ball that is attacked
 * @throws {FloatpathError} `invalid-argument` for inputs of different shapes
 */
export async function floatGateWidths(
  engine: Engine,
  network: Network,
  { x, moved }: { readonly x: Float32Tensor; readonly moved: Float32Tensor },
): Promise<GateWidths> {
  requireArgument(
    x.shape.join() === moved.shape.join(),
    `floatGateWidths: expected pairs of one shape, got [${x.shape.join(', ')}] and [${moved.shape.join(', ')}]`,
  );
  const base = foldConstants(network);
  const gates = gatesOf(base).filter(isElementwise);
  const inputs = gates.map(({ inputs: [z] }) => z as string);
  const name = base.inputs[0]?.name ?? '';
  const computed = [...new Set(inputs)].filter((value) => value !== name);
  await using kernel = await engine.load(withOutputs(base, computed));
  const [here, there] = [await kernel.run({ [name]: x }), await kernel.run({ [name]: moved })];
  return new Map(
    gates.map((gate, at) => {
      const value = inputs[at] as string;
      const [before, after] = [here, there].map((fetches, side) =>
        numbersOf(
          value === name ? ([x, moved][side] as Float32Tensor) : (fetches[value] as Float32Tensor),
        ),
      ) as [Float64Array, Float64Array];
      const piecesAt = gate.op.pieces(gate);
      const rows = before.length / gate.units;
      const widths = new Float32Array(gate.units);
      for (let unit = 0; unit < gate.units; unit += 1) {
        const { breakpoints } = piecesAt(unit);
        const pieceOf = (z: number): number => breakpoints.filter((b) => z > b).length;
        let squares = 0;
        let switches = false;
        for (let row = 0; row < rows; row += 1) {
          const [a, b] = [before, after].map((z) => z[row * gate.units + unit]) as [number, number];
          squares += (b - a) ** 2;
          switches ||= pieceOf(a) !== pieceOf(b);
        }
        widths[unit] = switches ? Math.sqrt(squares / rows) : 0;
      }
      return [gate.node.name, widths];
    }),
  );
}
