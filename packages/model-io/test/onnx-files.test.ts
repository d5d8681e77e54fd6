import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { float32Tensor, shapeWithRows, type Tensor } from '@floatpath/core';
import { describe, expect, test } from 'vitest';
import { readOnnx, writeOnnx } from '../src/index.js';
import { hasOnnxRuntime, runOnnx } from './support/onnx-runtime.js';

const shared = new URL('../../../../shared/', import.meta.url);
const onnxIn = (folder: string): string[] => {
  const url = new URL(`${folder}/`, shared);
  if (!existsSync(url)) return [];
  return readdirSync(url)
    .filter((file) => file.endsWith('.onnx'))
    .map((file) => `${folder}/${file}`);
};
const folders = [
  'models',
  'networks/vnncomp/acasxu/onnx',
  'networks/vnncomp/mnist_fc/onnx',
  'networks/vnncomp/oval21/onnx',
  'networks/vnncomp/cifar10_resnet/onnx',
  'networks/vnncomp/sri_resnet_a/onnx',
  'networks/marabou/onnx',
  'networks/onnx-unsupported',
];
/** Siblings of one architecture add little: eight of each folder. */
const files = folders.flatMap((folder) =>
  onnxIn(folder).slice(0, folder.includes('vnncomp') ? 8 : undefined),
);
const bytesOf = (file: string): Uint8Array => new Uint8Array(readFileSync(new URL(file, shared)));

/** Ops that the table does not hold. */
const refused: Readonly<Record<string, string>> = {
  'networks/onnx-unsupported/unet_simp_small.onnx': 'ArgMax',
};

/** Rows that a file insists on, where that is not one. */
const fileRows: Readonly<Record<string, number>> = { 'networks/marabou/onnx/sub_var_test.onnx': 2 };

describe.skipIf(files.length === 0)(
  'files of other tools (skipped where ../shared is missing)',
  () => {
    test.each(files)('%s', async (file) => {
      const bytes = bytesOf(file);
      const stops = refused[file];
      if (stops !== undefined) {
        expect(() => readOnnx(bytes)).toThrow(`unsupported op "${stops}"`);
        return;
      }
      const network = readOnnx(bytes);
      const written = writeOnnx(network);
      // Writing is a function of the network alone: equal bytes are an equal network, compared faster.
      expect(Buffer.compare(writeOnnx(readOnnx(written)), written)).toBe(0);
      if (!hasOnnxRuntime) return;
      const feeds = Object.fromEntries(
        network.inputs.map((input): [string, Tensor] => {
          const tensor = float32Tensor(shapeWithRows(input, fileRows[file] ?? 1));
          tensor.data.forEach((_, i) => (tensor.data[i] = ((i * 7919 + 13) % 997) / 997));
          return [input.name, tensor];
        }),
      );
      const ours = await runOnnx(written, feeds);
      const theirs = await runOnnx(bytes, feeds);
      theirs.forEach(({ data }, at) => {
        const scale = Math.max(...data.map(Math.abs), 1e-6);
        // The same float32 arithmetic, fused differently by the runtime: some roundings of 2^-24 over a few layers.
        data.forEach((value, i) =>
          expect(Math.abs(value - (ours[at]?.data[i] ?? NaN)) / scale).toBeLessThan(1e-5),
        );
      });
    });

    test.skipIf(!files.includes('networks/vnncomp/cifar10_resnet/onnx/resnet_2b.onnx'))(
      'resnet_2b has its batch axis freed',
      () => {
        const network = readOnnx(bytesOf('networks/vnncomp/cifar10_resnet/onnx/resnet_2b.onnx'));
        expect(network.inputs[0]?.shape).toEqual(['batch', 3, 32, 32]);
        expect(network.outputs[0]?.shape).toEqual(['batch', 10]);
      },
    );
  },
);
