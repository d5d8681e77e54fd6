import { existsSync, readFileSync } from 'node:fs';
import type { Engine } from '@floatpath/core';
import * as web from 'onnxruntime-web';
import { beforeAll, expect, test } from 'vitest';
import { checkEngine, gradientCases, type ConformanceResult } from '../src/conformance.js';
import { ops, referenceEngine } from '../src/index.js';
import { ortEngine } from '../src/ort.js';
import { onRuntime } from './support/engines.js';
import { onTfjs } from './support/tfjs.js';

/** apps/docs/engines.md is what this test found: `npx vitest run packages/engine/test/conformance-table.test.ts -u` writes it. */
const page = new URL('../../../apps/docs/engines.md', import.meta.url).pathname;

/** What `npm run test:deep -- packages/node/test/deep/tfjs-node.deep.ts` found where the native addon was built. */
const recorded = new URL('../../../evidence/engine-tfjs-node.json', import.meta.url).pathname;

/** What `npm run test:deep -- packages/node/test/deep/browser-engines.deep.ts` found in Chromium. */
const inChromium = new URL('../../../evidence/engine-browser.json', import.meta.url).pathname;

interface Share {
  readonly passed: number;
  readonly of: number;
}

interface Recorded {
  readonly cases: Readonly<Record<string, Share>>;
  readonly derivatives: Share;
}

interface RecordedInChromium {
  readonly adapter: { readonly architecture: string };
  readonly engines: Readonly<
    Record<
      string,
      Recorded & {
        readonly batchDependent: boolean;
        readonly keepsNaN: boolean;
        readonly random: Share & { readonly rowsDependOnBatch: number };
        readonly unguarded?: readonly string[];
      }
    >
  >;
}

function readNumbers<T>(path: string): T | undefined {
  if (!existsSync(path)) return undefined;
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly numbers: T }).numbers;
}

const engines: readonly (readonly [string, () => Promise<Engine>])[] = [
  ['reference', () => Promise.resolve(referenceEngine())],
  ['onnxruntime-node', () => Promise.resolve(onRuntime)],
  ['onnxruntime-web', () => Promise.resolve(ortEngine(web, 'onnxruntime-web'))],
  ['tfjs cpu', () => onTfjs('cpu')],
  ['tfjs wasm', () => onTfjs('wasm')],
];

const shareOf = (results: readonly ConformanceResult[]): Share => ({
  passed: results.filter(({ passed }) => passed).length,
  of: results.length,
});

const cell = (share: Share | undefined): string =>
  share === undefined ? 'not run' : `${share.passed} of ${share.of}`;

function table(rows: readonly (readonly string[])[]): string {
  const [header = []] = rows;
  const widths = header.map((_, i) => Math.max(...rows.map((row) => (row[i] as string).length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text, i) => text.padEnd(widths[i] as number)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [header, rule, ...rows.slice(1)].map(line).join('\n');
}

interface Found {
  readonly results: readonly ConformanceResult[];
  readonly derivatives: readonly ConformanceResult[];
}
const found: Found[] = [];

beforeAll(async () => {
  for (const [, create] of engines) {
    const engine = await create();
    const derivatives = await checkEngine(engine, gradientCases());
    found.push({ results: await checkEngine(engine), derivatives });
  }
}, 180_000);

const failures = (results: readonly ConformanceResult[] = []): string[] =>
  results
    .filter(({ passed }) => !passed)
    .map(({ op, name, problem }) => `${op}, ${name}: ${problem ?? ''}`);

test.each(engines.map(([name], index) => ({ name, index })))(
  '$name conforms, and gives the derivative of every op',
  ({ index }) => {
    expect(found[index]?.derivatives.length).toBeGreaterThan(100);
    expect(failures(found[index]?.results)).toEqual([]);
    expect(failures(found[index]?.derivatives)).toEqual([]);
  },
);

test('the table of engines in the docs is what the tests find', async () => {
  const native = readNumbers<Recorded>(recorded);
  const browser = readNumbers<RecordedInChromium>(inChromium);
  const onGpu = Object.entries(browser?.engines ?? {}).filter(([, each]) => each.batchDependent);
  const elsewhere: readonly (readonly [string, Recorded | undefined])[] = [
    ['tfjs-node, native', native],
    ...onGpu.map(([name, each]) => [`${name} (${browser?.adapter.architecture})`, each] as const),
  ];
  const row = (type: string): string[] => [
    ...found.map(({ results }) => cell(shareOf(results.filter(({ op }) => op === type)))),
    ...elsewhere.map(([, each]) => cell(each?.cases[type])),
  ];
  const unguarded = onGpu.flatMap(([, each]) => each.unguarded ?? []);
  const guardedSentence = `\`ortEngine\` keeps on the CPU what version 1.30.0 answers wrongly and without a word: Conv padded at the end alone or behind a Pad, grouped ConvTranspose, backward Slice. With them on WebGPU ${unguarded.length} of the cases fail; the gradients of MaxPool are among them.`;
  const mixing = onGpu.map(
    ([name, { random }]) => `${random.rowsDependOnBatch} of ${random.of} on ${name}`,
  );
  const batchSentence = `Random networks that gave a row other bits alone than in a batch: ${mixing.join('; ')}.`;
  const losing = onGpu.filter(([, each]) => !each.keepsNaN).map(([name]) => name);
  const nanSentence = `A Relu lost it on: ${losing.join('; ') || 'none of these'}.`;
  const rows = [
    ['op', ...engines.map(([name]) => name), ...elsewhere.map(([name]) => name)],
    ...ops.map(({ type }) => [`\`${type}\``, ...row(type)]),
    ['several ops', ...row('network')],
    ['sessions', ...row('kernel')],
    [
      'derivatives',
      ...found.map(({ derivatives }) => cell(shareOf(derivatives))),
      ...elsewhere.map(([, each]) => cell(each?.derivatives)),
    ],
  ];
  const text = `# Engines

| \`--engine\`  | runs on                                                              | to install                                                            |
| ----------- | -------------------------------------------------------------------- | --------------------------------------------------------------------- |
| \`ort\`       | ONNX Runtime, native; WebAssembly where the native one does not load | comes with floatpath                                                  |
| \`ort-web\`   | ONNX Runtime, WebAssembly                                            | comes with floatpath                                                  |
| \`tfjs\`      | TensorFlow.js, WebAssembly; plain JavaScript where that is missing   | \`npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-wasm\`     |
| \`tfjs-node\` | TensorFlow, native                                                   | \`npm install @tensorflow/tfjs-node\`, or its addon built as said below |
| \`reference\` | TypeScript in float64: slow, the oracle of the tests                 | comes with floatpath                                                  |

Labels and certificates of two engines differ only where the two largest logits are closer than their rounding. Counts of
one file come from one engine: a merge of several is refused. The model file itself is always run by ONNX Runtime too,
to see that the graph gives its labels.

## What ONNX Runtime would send

The native builds of ONNX Runtime 1.29 and later report what they run (names and hashes of models among it) to Microsoft, and keep
an identifier in \`~/.cache/Microsoft\`, unless \`ORT_DISABLE_TELEMETRY=1\` stands in the environment before they are loaded. The
command line and \`loadOrt\` of \`@floatpath/node\` set it. A program that imports \`onnxruntime-node\` by itself has to be started
with it: \`ORT_DISABLE_TELEMETRY=1 node program.js\`. The WebAssembly build sends nothing.

## When \`npm install @tensorflow/tfjs-node\` fails

Its installer downloads a prebuilt addon and libtensorflow from places that many networks do not reach, and its last version
(4.22.0) knows neither new systems nor new versions of Node. floatpath builds the same addon from parts that the usual
registries have: the package from npm without its install script, the C library and its headers from the TensorFlow
wheel of Python's package index. In your project:

\`\`\`sh
npm install floatpath
node node_modules/floatpath/tfjs-node/build.mjs
npx floatpath audit MODEL --data SPEC --engine tfjs-node
\`\`\`

In a checkout of floatpath it is \`npm run tfjs-node\`, which keeps it in \`.tools\`. It needs a C++ compiler and Python with
pip, downloads about 300 MB and keeps 1.1 GB. It has been run on Linux x64; Linux arm64 and macOS arm64 have the wheels
but were not tried; Windows has no way yet. \`--tensorflow FOLDER\` takes a libtensorflow that you have: the headers in
\`FOLDER/include\`, the libraries in \`FOLDER\` or \`FOLDER/lib\` (those in the native jar of \`org.tensorflow\` will do).
Your own programs then load \`@tensorflow/tfjs-node\` as always; on Node 23 and later they need one line before it:
\`util.isNullOrUndefined ??= (value) => value == null\`.

## What each engine passes

Written by the tests: of the cases of every op (attributes, broadcasts, ties) how many agree with the float64 reference to
1e-5 of the largest value met; of sessions, whether wrong feeds, several runs at once and disposal are answered as they
should be; of derivatives, how many of the emitted gradient graphs agree. An op that a TensorFlow.js backend lacks is
refused when a network is loaded, naming the node. The native column of tfjs-node was recorded where the addon was built
(\`evidence/engine-tfjs-node.json\`), those behind it in Chromium (\`evidence/engine-browser.json\`).

${table(rows)}

## On a GPU, in a browser

The libraries run on WebGPU, TensorFlow.js on WebGL too; the command line and the playground do not. The type
of \`navigator.gpu\` is in \`@webgpu/types\`.

\`\`\`ts
import * as ort from 'onnxruntime-web/webgpu';

const executionProviders = (await navigator.gpu?.requestAdapter()) ? ['webgpu'] : ['wasm'];
const engine = ortEngine(ort, \`onnxruntime-web \${ort.env.versions.web}\`, { executionProviders });
\`\`\`

The GPU of these columns is SwiftShader, which is software: they are about kernels, not about speed, and not about your
GPU. \`checkEngine(engine)\` in your page says what yours passes.

- ${guardedSentence}
- Rows may depend on the batch and bits on the device, so such an engine says \`batchDependent\` and makes no counts on
  grid noise: that is refused. Counts on noise in floats are made and labelled \`float\`.
  ${batchSentence}
- A NaN inside a network may be lost, which WebGPU allows; then it is not refused as it is elsewhere.
  ${nanSentence}
- A batch that does not fit in the GPU's memory is refused with \`engine-failed\`, as everywhere.
- \`onnxruntime-web/webgpu\` is the build to import: the older WebGPU kernels of plain \`onnxruntime-web\` 1.30.0 refuse
  a Gemm without bias and products with a vector.
`;
  await expect(text).toMatchFileSnapshot(page);
});
