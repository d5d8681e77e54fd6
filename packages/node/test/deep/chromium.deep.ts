// Noise has the same bits in Chromium as in Node, and onnxruntime-web counts the same labels under it.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import { loadOrt } from '../../src/load-ort.js';
import { makeNoise, type Made } from './chromium-page.js';
import { pageProgram } from './page-program.js';

interface Browser {
  newPage(): Promise<{
    goto(address: string): Promise<unknown>;
    evaluate<T>(program: string): Promise<T>;
  }>;
  version(): string;
  close(): Promise<void>;
}

const fromRoot = createRequire(new URL('../../../../package.json', import.meta.url));
const chromium = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const missing = existsSync(chromium) ? '' : 'SKIPPED: no Chromium; set CHROMIUM to its path. ';

const contents = `import * as ort from 'onnxruntime-web/wasm';
import { makeNoise } from './chromium-page.js';
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = '/ort/';
globalThis.made = makeNoise(ort);`;

test.skipIf(missing !== '')(
  `${missing}noise and counts in Chromium are those in Node`,
  async () => {
    const program = await pageProgram(contents);
    const runtime = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
    const types = {
      '.js': 'text/javascript',
      '.mjs': 'text/javascript',
      '.wasm': 'application/wasm',
    };
    const server = createServer(({ url = '/' }, answer) => {
      const name = basename(url.split('?')[0] as string);
      const type = types[(/\.\w+$/.exec(name)?.[0] ?? '') as keyof typeof types];
      answer.setHeader('content-type', type ?? 'text/html');
      if (name === 'page.js') answer.end(program);
      else if (url.startsWith('/ort/')) createReadStream(join(runtime, name)).pipe(answer);
      else answer.end('<!doctype html><script type="module" src="/page.js"></script>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const playwright = fromRoot('playwright-core') as {
      chromium: { launch(options: unknown): Promise<Browser> };
    };
    const browser = await playwright.chromium.launch({
      executablePath: chromium,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${port}/`);
      const waiting =
        'new Promise((done) => { const look = () => globalThis.made ? done(globalThis.made) : setTimeout(look, 50); look(); })';
      const inPage = await page.evaluate<Made>(waiting);
      const { ort, name } = await loadOrt('ort-web');
      const inNode = await makeNoise(ort);
      expect(inPage).toEqual(inNode);
      // Control: counts that could not differ would show nothing.
      expect(inNode.counts.filter((count) => count > 0).length).toBeGreaterThan(1);
      writeEvidence('chromium-noise', {
        claim: `784,000 normals and as many grid draws have the same SHA-256 in Chromium ${browser.version()} and Node, and ${name} counts the same labels of 1,000 draws in both`,
        command: 'npm run test:deep -- packages/node/test/deep/chromium.deep.ts',
        seed: 7,
        numbers: inNode,
      });
    } finally {
      await browser.close();
      server.close();
    }
  },
);
