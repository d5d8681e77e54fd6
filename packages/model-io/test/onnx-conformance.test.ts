import { existsSync, readFileSync } from 'node:fs';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { FloatpathError, numbersOf, type Network, type Tensor } from '@floatpath/core';
import { describe, expect, test } from 'vitest';
import { readOnnx, writeOnnx } from '../src/index.js';
import { ModelProtoSchema, TensorProtoSchema, type TensorProto } from '../src/onnx/onnx_pb.js';
import { readTensor } from '../src/onnx/tensor.js';
import { hasOnnxRuntime, runOnnx, type RunResult } from './support/onnx-runtime.js';

interface BackendTest {
  readonly test: string;
  readonly knownBad?: string;
  readonly files: readonly (readonly [path: string, ...rest: unknown[]])[];
}

const shared = new URL('../../../../shared/networks/', import.meta.url);
const list = new URL('CONFORMANCE.json', shared);
const tests = existsSync(list)
  ? (JSON.parse(readFileSync(list, 'utf8')) as { tests: BackendTest[] }).tests
  : [];
const fileBytes = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, shared)));

function protosOf({ files }: BackendTest, kind: 'input' | 'output'): TensorProto[] {
  return files
    .map(([path]) => path)
    .filter((path) => path.includes(`test_data_set_0/${kind}_`))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((path) => fromBinary(TensorProtoSchema, fileBytes(path)));
}

/** The suite hands over shapes, axes and scales as inputs, which exported models do not: here they are part of the file. */
function withOperandsInside(
  bytes: Uint8Array,
  [, ...operands]: readonly TensorProto[],
): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  const names = model.graph?.input.slice(1).map(({ name }) => name) ?? [];
  operands.forEach((proto, at) =>
    model.graph?.initializer.push({ ...proto, name: names[at] ?? '' }),
  );
  return toBinary(ModelProtoSchema, model);
}

function networkOf(bytes: Uint8Array, inputs: readonly TensorProto[]): Network {
  try {
    return readOnnx(bytes);
  } catch (error) {
    if (!(error instanceof FloatpathError && error.message.includes('depend'))) throw error;
    return readOnnx(withOperandsInside(bytes, inputs));
  }
}

/** The suite itself allows 1e-3 relative. */
function agrees(expected: Tensor, got: RunResult | undefined): boolean {
  const values = numbersOf(expected);
  return (
    got?.shape.join() === expected.shape.join() &&
    values.every((value, i) => {
      const other = got.data[i] ?? NaN;
      return (
        Object.is(value, other) || Math.abs(value - other) <= 1e-4 * Math.max(1, Math.abs(value))
      );
    })
  );
}

describe.skipIf(tests.length === 0 || !hasOnnxRuntime)(
  'ONNX backend tests (skipped where ../shared or onnxruntime-node is missing)',
  () => {
    test('what is read gives the published outputs; the rest is refused by name', async () => {
      const counts = { agree: 0, refused: 0 };
      const wrong: string[] = [];
      for (const entry of tests) {
        const model = entry.files.find(([path]) => path.endsWith('.onnx'))?.[0] ?? '';
        const inputs = protosOf(entry, 'input');
        const outputs = protosOf(entry, 'output');
        try {
          const network = networkOf(fileBytes(model), inputs);
          if (outputs.length === 0 || entry.knownBad !== undefined) continue;
          const named = new Map(readNames(model).map((name, at) => [name, inputs[at]]));
          const feeds = network.inputs.flatMap(({ name }): [string, Tensor][] => {
            const proto = named.get(name);
            return proto === undefined ? [] : [[name, readTensor(proto)]];
          });
          const results = await runOnnx(writeOnnx(network), Object.fromEntries(feeds));
          const right = outputs.every((proto, at) => agrees(readTensor(proto), results[at]));
          if (right) counts.agree += 1;
          else wrong.push(entry.test);
        } catch (error) {
          // An input without elements has no rows to free: any coded error that names the place will do.
          const empty = inputs.some((proto) => proto.dims.includes(0n));
          const coded =
            error instanceof FloatpathError && (empty || error.code.startsWith('unsupported-'));
          if (coded && / (node|input|output) "/.test(error.message)) counts.refused += 1;
          else wrong.push(`${entry.test}: ${String(error)}`);
        }
      }
      expect(wrong).toEqual([]);
      expect(counts).toEqual({ agree: 328, refused: 80 });
    }, 60_000);
  },
);

function readNames(model: string): string[] {
  return fromBinary(ModelProtoSchema, fileBytes(model)).graph?.input.map(({ name }) => name) ?? [];
}
