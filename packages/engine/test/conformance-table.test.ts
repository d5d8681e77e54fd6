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

interface Share {
  readonly passed: number;
  readonly of: number;
}

interface Recorded {
  readonly cases: Readonly<Record<string, Share>>;
  readonly derivatives: Share;
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
  const native = existsSync(recorded)
    ? (JSON.parse(readFileSync(recorded, 'utf8')) as { readonly numbers: Recorded }).numbers
    : undefined;
  const row = (type: string): string[] => [
    ...found.map(({ results }) => cell(shareOf(results.filter(({ op }) => op === type)))),
    cell(native?.cases[type]),
  ];
  const rows = [
    ['op', ...engines.map(([name]) => name), 'tfjs-node, native'],
    ...ops.map(({ type }) => [`\`${type}\``, ...row(type)]),
    ['several ops', ...row('network')],
    ['sessions', ...row('kernel')],
    [
      'derivatives',
      ...found.map(({ derivatives }) => cell(shareOf(derivatives))),
      cell(native?.derivatives),
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
refused when a network is loaded, naming the node. The last column was recorded where the addon was built
(\`evidence/engine-tfjs-node.json\`).

${table(rows)}
`;
  await expect(text).toMatchFileSnapshot(page);
});
