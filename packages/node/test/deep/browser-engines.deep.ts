// Engines that only a browser has: ONNX Runtime and TensorFlow.js on WebGPU, TensorFlow.js on WebGL, in Chromium.
// The GPU is SwiftShader, which is software: what its kernels answer is checked, how fast they are is not measured.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import { findChromium } from '../../../../scripts/screenshots/find-chromium.mjs';
import type { EngineFindings } from './browser-engines-page.js';
import { pageProgram } from './page-program.js';

interface Page {
  goto(address: string): Promise<unknown>;
  evaluate<T>(program: string): Promise<T>;
}

interface Browser {
  newPage(): Promise<Page>;
  version(): string;
  close(): Promise<void>;
}

interface Adapter {
  readonly vendor: string;
  readonly architecture: string;
  readonly software: boolean;
}

const SEED = 20261123;
const require = createRequire(import.meta.url);
const chromium = findChromium(process.env);
const missing = chromium === undefined ? 'SKIPPED: no Chromium; install it or set CHROMIUM. ' : '';
const software = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** Programs that make each engine available to the page, by the engine's name. */
const kinds = {
  'onnxruntime-web, wasm': `import * as ort from 'onnxruntime-web/wasm';
ort.env.wasm.numThreads = 1; ort.env.wasm.wasmPaths = '/ort/'; globalThis.ortOfPage = ort;`,
  'onnxruntime-web, WebGPU': `import * as ort from 'onnxruntime-web/webgpu';
ort.env.wasm.numThreads = 1; ort.env.wasm.wasmPaths = '/ort/'; globalThis.ortOfPage = ort;`,
  ...Object.fromEntries(
    ['cpu', 'wasm', 'webgl', 'webgpu'].map((backend) => [
      `tfjs ${backend}`,
      `import * as tf from '@tensorflow/tfjs-core';
import * as backend from '@tensorflow/tfjs-backend-${backend}';
backend.setWasmPaths?.('/tfjs-wasm/');
if (!(await tf.setBackend('${backend}'))) throw new Error('no backend ${backend}');
await tf.ready();
globalThis.tfOfPage = tf;`,
    ]),
  ),
} as Readonly<Record<string, string>>;

const programOf = (kind: string): Promise<string> =>
  pageProgram(`${kinds[kind]}
import { examine } from './browser-engines-page.js';
globalThis.examine = examine;`);

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  mjs: 'text/javascript',
  wasm: 'application/wasm',
};

/** Pages `/?KIND` on the loopback address, with the files of both runtimes. */
async function servePages(): Promise<{ readonly origin: string; close(): void }> {
  const folders: Readonly<Record<string, string>> = {
    '/ort': dirname(require.resolve('onnxruntime-web')),
    '/tfjs-wasm': dirname(require.resolve('@tensorflow/tfjs-backend-wasm')),
  };
  const server = createServer(({ url = '/' }, answer) => {
    const { pathname, search } = new URL(url, 'http://localhost');
    const name = basename(pathname);
    answer.setHeader('content-type', types[name.split('.').at(-1) ?? ''] ?? 'text/html');
    const folder = folders[dirname(pathname)];
    if (folder !== undefined && existsSync(join(folder, name))) {
      createReadStream(join(folder, name)).pipe(answer);
    } else if (name === 'page.js') {
      void programOf(decodeURIComponent(search.slice(1))).then((text) => answer.end(text));
    } else {
      answer.end(`<!doctype html><script type="module" src="/page.js${search}"></script>`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}

const adapterOf = (page: Page): Promise<Adapter | null> =>
  page.evaluate(`(async () => {
    const adapter = await navigator.gpu?.requestAdapter();
    if (!adapter) return null;
    const { vendor, architecture, isFallbackAdapter } = adapter.info;
    return { vendor, architecture, software: isFallbackAdapter };
  })()`);

const examineIn = (page: Page, kind: string): Promise<EngineFindings> =>
  page.evaluate(`new Promise((done, fail) => {
    addEventListener('error', ({ message }) => fail(new Error(message)));
    addEventListener('unhandledrejection', ({ reason }) => fail(reason));
    const look = () => globalThis.examine
      ? globalThis.examine(${JSON.stringify(kind)}, ${SEED}).then(done, fail)
      : setTimeout(look, 50);
    look();
  })`);

describe.skipIf(missing !== '')(`${missing}engines in Chromium`, () => {
  let browser: Browser;
  let pages: Awaited<ReturnType<typeof servePages>>;
  let adapter: Adapter | null = null;
  const found: Record<string, EngineFindings> = {};

  beforeAll(async () => {
    pages = await servePages();
    const playwright = createRequire(new URL('../../../../package.json', import.meta.url))(
      'playwright-core',
    ) as { chromium: { launch(options: unknown): Promise<Browser> } };
    browser = await playwright.chromium.launch({
      executablePath: chromium,
      args: ['--no-sandbox', '--disable-background-networking', ...software],
    });
    const page = await browser.newPage();
    await page.goto(`${pages.origin}/ort/none`);
    adapter = await adapterOf(page);
  });

  afterAll(async () => {
    const version = browser.version();
    await browser.close();
    pages.close();
    if (Object.keys(found).length < Object.keys(kinds).length) return;
    writeEvidence('engine-browser', {
      claim: `Engines in Chromium ${version} agree with the float64 reference, op by op; its GPU is software, so this is about kernels and not about speed`,
      command: 'npm run test:deep -- packages/node/test/deep/browser-engines.deep.ts',
      seed: SEED,
      numbers: { adapter, engines: found },
    });
  });

  test.for(Object.keys(kinds))('%s', async (kind, { skip }) => {
    skip(/webgpu/i.test(kind) && adapter === null, 'this Chromium has no WebGPU adapter');
    const page = await browser.newPage();
    await page.goto(`${pages.origin}/?${encodeURIComponent(kind)}`);
    const findings = await examineIn(page, kind);
    found[kind] = findings;
    expect(findings.failures).toEqual([]);
    expect(findings.random.passed).toBe(findings.random.of);
    expect(findings.batchDependent).toBe(/web(gl|gpu)/i.test(kind));
    if (findings.batchDependent) expect(findings.beyondMemory).toBe('engine-failed');
    else expect(findings.keepsNaN).toBe(true);
    // Control: a kernel that ignores its pads is seen, and nothing else is blamed.
    expect(findings.planted.conv).toBeGreaterThan(0);
    expect(findings.planted.others).toBe(0);
    // Control: on the CPU rows do not depend on their batch. On a GPU this is recorded and not promised.
    if (!findings.batchDependent) expect(findings.random.rowsDependOnBatch).toBe(0);
    // Control: the nodes that are kept on the CPU are needed, each kind of them.
    if (findings.unguarded !== undefined) {
      const ops = findings.unguarded.map((name) => name.split(',')[0]);
      expect([...new Set(ops)].sort()).toEqual(['Conv', 'MaxPool', 'Slice', 'network']);
    }
  });
});
