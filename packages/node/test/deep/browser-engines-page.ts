// Runs in the page: the conformance list, random networks and planted faults on one engine of the browser.
import {
  FloatpathError,
  float32Tensor,
  numbersOf,
  type Engine,
  type Network,
  type Tensor,
} from '@floatpath/core';
import { createGraphBuilder } from '@floatpath/engine';
import {
  checkEngine,
  conformanceCases,
  gradientCases,
  type ConformanceResult,
} from '@floatpath/engine/conformance';
import { ortEngine, type OrtModule } from '@floatpath/engine/ort';
import { tfjsEngine, type TfjsModule } from '@floatpath/engine/tfjs';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';

interface Share {
  readonly passed: number;
  readonly of: number;
}

export interface EngineFindings {
  readonly engine: string;
  readonly batchDependent: boolean;
  readonly cases: Readonly<Record<string, Share>>;
  readonly derivatives: Share;
  readonly largestShareOfTolerance: { readonly cases: number; readonly derivatives: number };
  readonly failures: readonly string[];
  /** Networks made at random; and how many give a row other bits alone than in a batch. */
  readonly random: Share & { readonly rowsDependOnBatch: number };
  /** What fails of the cases of Conv when its pads are left out, and of all else. */
  readonly planted: { readonly conv: number; readonly others: number };
  readonly keepsNaN: boolean;
  /** On a GPU: what becomes of a batch that does not fit. */
  readonly beyondMemory?: string;
  /** Only for WebGPU on ONNX Runtime: what fails when no node is kept on the CPU. */
  readonly unguarded?: readonly string[];
}

declare global {
  var ortOfPage: OrtModule & {
    readonly env: { readonly versions: { readonly web?: string } };
  };
  var tfOfPage: TfjsModule;
}

const named = ({ op, name, problem }: ConformanceResult): string =>
  `${op}, ${name}: ${problem ?? ''}`;
const failed = (results: readonly ConformanceResult[]): readonly ConformanceResult[] =>
  results.filter(({ passed }) => !passed);
const shareOf = (results: readonly ConformanceResult[]): Share => ({
  passed: results.length - failed(results).length,
  of: results.length,
});
const largestShare = (results: readonly ConformanceResult[]): number =>
  Math.max(...results.map(({ difference, tolerance }) => (tolerance ? difference / tolerance : 0)));

/** The engine with one attribute of one op left out: a kernel that ignores it. */
const ignoring = (engine: Engine, op: string, attribute: string): Engine => ({
  ...engine,
  load: (network: Network) =>
    engine.load({
      ...network,
      nodes: network.nodes.map((node) => ({
        ...node,
        attributes: Object.fromEntries(
          Object.entries(node.attributes).filter(([key]) => node.op !== op || key !== attribute),
        ),
      })),
    }),
});

/** Networks made at random, beyond the list. */
async function onRandomNetworks(engine: Engine, seed: number, numRuns: number) {
  const made = fc.sample(networkCases(), { seed, numRuns });
  const cases = made.map(({ network, points }, i) => ({
    op: 'random',
    name: String(i),
    network,
    feeds: { x: points(0, 5) },
  }));
  const results = (await checkEngine(engine, cases)).filter(({ op }) => op === 'random');
  let rowsDependOnBatch = 0;
  for (const { network, points, point } of made) {
    const name = network.outputs[0]?.name ?? '';
    await using kernel = await engine.load(network);
    const valuesOf = async (x: Tensor): Promise<Float64Array> =>
      numbersOf((await kernel.run({ x }))[name] as Tensor);
    const together = await valuesOf(points(0, 5));
    const alone: number[] = [];
    for (let row = 0; row < 5; row += 1) alone.push(...(await valuesOf(point(row))));
    if (alone.some((value, i) => value !== together[i])) rowsDependOnBatch += 1;
  }
  return { results, rowsDependOnBatch };
}

/** Whether a NaN before a Relu is one behind it. */
async function keepsNaN(engine: Engine): Promise<boolean> {
  const graph = createGraphBuilder();
  const input = graph.input({ name: 'x', dtype: 'float32', shape: ['batch', 2] });
  const output = {
    name: graph.add('Relu', [input]),
    dtype: 'float32',
    shape: ['batch', 2],
  } as const;
  await using kernel = await engine.load(graph.build('relu', [output]));
  const fetches = await kernel.run({ x: float32Tensor([1, 2], [NaN, 1]) });
  return Number.isNaN(Number(fetches[output.name]?.data[0]));
}

/** What becomes of a batch whose sum alone takes 1.6 GiB. */
async function beyondMemory(engine: Engine): Promise<string> {
  const graph = createGraphBuilder();
  const input = graph.input({ name: 'x', dtype: 'float32', shape: ['batch', 1] });
  const sum = graph.add('Add', [input, graph.constant(float32Tensor([1, 2 ** 22]))]);
  const top = graph.add('ReduceMax', [sum, graph.integers([1])], { keepdims: 1 });
  const network = graph.build('wide', [{ name: top, dtype: 'float32', shape: ['batch', 1] }]);
  await using kernel = await engine.load(network);
  try {
    await kernel.run({ x: float32Tensor([100, 1], new Float32Array(100).fill(1)) });
    return 'answered';
  } catch (error) {
    return error instanceof FloatpathError ? error.code : String(error);
  }
}

/** The engine as a user makes it; `unguarded`, on WebGPU alone, keeps no node on the CPU. */
function engineOf(kind: string): { readonly engine: Engine; readonly unguarded?: Engine } {
  if (kind.startsWith('tfjs')) return { engine: tfjsEngine(tfOfPage, kind) };
  const provider = kind === 'onnxruntime-web, WebGPU' ? 'webgpu' : 'wasm';
  const engine = ortEngine(ortOfPage, `onnxruntime-web ${ortOfPage.env.versions.web}`, {
    executionProviders: [provider],
  });
  if (provider === 'wasm') return { engine };
  const bare: OrtModule = {
    Tensor: ortOfPage.Tensor,
    InferenceSession: {
      create: (bytes, options) =>
        ortOfPage.InferenceSession.create(bytes, { ...options, executionProviders: ['webgpu'] }),
    },
  };
  return { engine, unguarded: ortEngine(bare, 'onnxruntime-web, unguarded') };
}

export async function examine(kind: string, seed: number): Promise<EngineFindings> {
  const { engine, unguarded } = engineOf(kind);
  const results = await checkEngine(engine);
  const derivatives = await checkEngine(engine, gradientCases());
  const ops = [...new Set(results.map(({ op }) => op))];
  const convolutions = conformanceCases().filter(({ op }) => ['Conv', 'Gemm'].includes(op));
  const planted = failed(await checkEngine(ignoring(engine, 'Conv', 'pads'), convolutions));
  const random = await onRandomNetworks(engine, seed, 40);
  return {
    engine: engine.name,
    batchDependent: engine.batchDependent === true,
    cases: Object.fromEntries(
      ops.map((op) => [op, shareOf(results.filter((result) => result.op === op))]),
    ),
    derivatives: shareOf(derivatives),
    largestShareOfTolerance: {
      cases: largestShare(results),
      derivatives: largestShare(derivatives),
    },
    failures: failed([...results, ...derivatives, ...random.results]).map(named),
    random: { ...shareOf(random.results), rowsDependOnBatch: random.rowsDependOnBatch },
    planted: {
      conv: planted.filter(({ op }) => op === 'Conv').length,
      others: planted.filter(({ op }) => op !== 'Conv').length,
    },
    keepsNaN: await keepsNaN(engine),
    ...(unguarded === undefined
      ? {}
      : {
          unguarded: failed(
            await checkEngine(unguarded, [
              ...conformanceCases().filter(({ op }) => ['Conv', 'Slice', 'network'].includes(op)),
              ...gradientCases().filter(({ op }) => ['Conv', 'MaxPool', 'Slice'].includes(op)),
            ]),
          ).map(({ op, name }) => `${op}, ${name}`),
        }),
    // Last: it may cost the page its GPU.
    ...(engine.batchDependent === true ? { beyondMemory: await beyondMemory(engine) } : {}),
  };
}
