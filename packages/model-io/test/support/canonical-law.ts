import { float32Tensor, sizeOf, type Dimension, type Network } from '@floatpath/core';
import { describe, expect, test } from 'vitest';
import { readOnnx, writeOnnx } from '../../src/index.js';
import { onnxFile, type FileSpec } from './onnx-file.js';
import { hasOnnxRuntime, runOnnx } from './onnx-runtime.js';

/** A file of one op, with the shape of its output for any number of rows. */
export type OpFile = readonly [name: string, spec: FileSpec, shape: readonly Dimension[]];

/**
 * The law of every rule: the canonical network has the stated shape, reading it again changes nothing, and ONNX Runtime makes
 * of it what it makes of the file itself, one row at a time or three together.
 *
 * @param tolerance - absolute, on outputs of about 1: for ops that are rewritten with others a few roundings of 2^-24
 */
export function canonicalLaw(files: readonly OpFile[], tolerance = 0): void {
  describe.each(files)('%s', (_, spec, shape) => {
    const bytes = onnxFile(spec);
    const network: Network = readOnnx(bytes);

    test('has its batch axis freed and is a fixed point', () => {
      expect(network.outputs[0]?.shape).toEqual(shape);
      expect(readOnnx(writeOnnx(network))).toEqual(network);
    });

    test.skipIf(!hasOnnxRuntime || spec.opset < 7)(
      'gives what ONNX Runtime makes of the file',
      async () => {
        const row = spec.input.slice(1) as number[];
        const size = sizeOf(row);
        const rows = Array.from({ length: 3 }, (__, at) =>
          Float32Array.from({ length: size }, (___, i) => (((i + at) * 7) % 11) / 2 - 2.5),
        );
        const three = float32Tensor(
          [3, ...row],
          rows.flatMap((values) => [...values]),
        );
        const [together] = await runOnnx(writeOnnx(network), { x: three });
        for (const [at, values] of rows.entries()) {
          const x = float32Tensor([1, ...row], values);
          const [theirs] = await runOnnx(bytes, { x });
          const [ours] = await runOnnx(writeOnnx(network), { x });
          expect(ours?.shape).toEqual(theirs?.shape);
          const length = theirs?.data.length ?? NaN;
          const share = together?.data.slice(at * length, (at + 1) * length) ?? [];
          theirs?.data.forEach((value, i) => {
            expect(Math.abs((ours?.data[i] ?? NaN) - value)).toBeLessThanOrEqual(tolerance);
            // A batch can be multiplied in another order than a row.
            expect(Math.abs((share[i] ?? NaN) - value)).toBeLessThanOrEqual(tolerance + 1e-6);
          });
        }
      },
    );
  });
}
