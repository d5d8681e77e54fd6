// All of ONNX's backend tests in the set of ../shared, on the float64 reference and on ONNX Runtime.
import { existsSync, readFileSync } from 'node:fs';
import {
  FloatpathError,
  numbersOf,
  type Engine,
  type Feeds,
  type Network,
  type Tensor,
} from '@floatpath/core';
import { readOnnx, readOpaque } from '@floatpath/model-io';
import { describe, expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import { referenceEngine } from '../../src/index.js';
import { onRuntime } from '../support/engines.js';
import { readTensorProto, withInitializer, withName } from '../support/onnx-proto.js';

interface BackendTest {
  readonly suite: string;
  readonly test: string;
  readonly knownBad?: string;
  readonly files: readonly (readonly [path: string, ...rest: unknown[]])[];
}

const root = new URL('../../../../../shared/networks/', import.meta.url);
const list = new URL('CONFORMANCE.json', root);
const tests = existsSync(list)
  ? (JSON.parse(readFileSync(list, 'utf8')) as { tests: BackendTest[] }).tests
  : [];
const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, root)));

const pathsOf = ({ files }: BackendTest, part: string): string[] =>
  files
    .map(([path]) => path)
    .filter((path) => path.includes(part))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

interface Case {
  readonly network: Network;
  readonly feeds: Feeds;
}

/** The suite hands over shapes and axes as inputs, which exported models do not: there they become part of the file. */
function caseOf(entry: BackendTest): Case {
  const [path = ''] = pathsOf(entry, '.onnx');
  // Some of the files of inputs have no name: the order is that of the model.
  const given = pathsOf(entry, '/input_');
  const declared = given.length === 0 ? [] : readOpaque(bytesOf(path), { name: 'm' }).inputs;
  const inputs = given.map((file, at) => withName(bytesOf(file), declared[at]?.name ?? ''));
  const read = (constants: readonly Uint8Array[]): Network =>
    readOnnx(constants.reduce(withInitializer, bytesOf(path)));
  let network: Network;
  try {
    network = read([]);
  } catch (error) {
    if (!(error instanceof FloatpathError && error.message.includes('depend'))) throw error;
    network = read(inputs.slice(1));
  }
  const named = new Map(
    inputs.flatMap((bytes) => {
      const proto = readTensorProto(bytes);
      return proto === undefined ? [] : [[proto.name, proto.tensor] as const];
    }),
  );
  const feeds = network.inputs.map(({ name }): [string, Tensor] => [
    name,
    named.get(name) as Tensor,
  ]);
  return { network, feeds: Object.fromEntries(feeds) };
}

/** Results of NumPy or PyTorch in float32, sometimes over sums of hundreds: 1e-4; ONNX's own runner allows 1e-3. */
const TOLERANCE = 1e-4;

async function agrees(on: Engine, { network, feeds }: Case, entry: BackendTest): Promise<boolean> {
  await using kernel = await on.load(network);
  const fetches = await kernel.run(feeds);
  return pathsOf(entry, '/output_').every((path, at) => {
    const wanted = readTensorProto(bytesOf(path))?.tensor;
    const got = fetches[network.outputs[at]?.name ?? ''];
    if (wanted === undefined || got?.shape.join() !== wanted.shape.join()) return false;
    const values = numbersOf(got);
    return numbersOf(wanted).every((v, i) => {
      const other = values[i] ?? NaN;
      return Object.is(v, other) || Math.abs(v - other) <= TOLERANCE * Math.max(1, Math.abs(v));
    });
  });
}

/** Where a refusal belongs: it names what it cannot take. */
const isNamed = (error: unknown): error is FloatpathError =>
  error instanceof FloatpathError && / (node|input|output) "/.test(error.message);

describe.skipIf(tests.length === 0)('ONNX backend tests (skipped without ../shared)', () => {
  test('pass on the reference and on ONNX Runtime, or are refused by name', async () => {
    const engines = { reference: referenceEngine(), onnxRuntime: onRuntime };
    const counts = {
      reference: { agree: 0, refused: 0 },
      onnxRuntime: { agree: 0, refused: 0 },
    };
    const wrong: string[] = [];
    const refusals: { test: string; by: string; message: string }[] = [];
    const refuse = (entry: BackendTest, by: string, error: unknown): void => {
      const label = `${entry.suite}/${entry.test}`;
      if (!isNamed(error)) wrong.push(`${label}: ${String(error)}`);
      else refusals.push({ test: label, by, message: error.message });
    };
    const measured = tests.filter(({ knownBad }) => knownBad === undefined);
    for (const entry of measured) {
      let made: Case;
      try {
        made = caseOf(entry);
      } catch (error) {
        refuse(entry, 'reader', error);
        counts.reference.refused += 1;
        counts.onnxRuntime.refused += 1;
        continue;
      }
      for (const [name, on] of Object.entries(engines) as [keyof typeof engines, Engine][]) {
        try {
          if (await agrees(on, made, entry)) counts[name].agree += 1;
          else wrong.push(`${entry.suite}/${entry.test} on ${name}`);
        } catch (error) {
          refuse(entry, name, error);
          counts[name].refused += 1;
        }
      }
    }
    writeEvidence('onnx-backend', {
      claim:
        "ONNX's backend tests give the published outputs on the float64 reference and on ONNX Runtime, or are refused by name; none is wrong",
      command: 'npm run test:deep -- packages/engine/test/deep/onnx-backend.deep.ts',
      seed: 0,
      numbers: {
        tests: tests.length,
        publishedOutputKnownToBeWrong: tests.length - measured.length,
        ...counts,
        wrong,
        refusals,
      },
    });
    expect(wrong).toEqual([]);
    expect(counts.reference.agree).toBeGreaterThanOrEqual(300);
    expect(counts.onnxRuntime.agree).toBeGreaterThanOrEqual(300);
  });
});
