import { existsSync } from 'node:fs';
import { loadEngine, workerCounting } from '@floatpath/node';
import { rowsOf } from '@floatpath/core';
import { passes } from '../engine.js';
import type { Measure } from '../measure.js';
import { benchImages, benchNetwork, benchNetworks, bounds } from '../networks.js';
import type { Row } from '../row.js';

/** The program's own worker, which `npm run bench` builds first. */
const entry = new URL('../../dist/counting-worker.js', import.meta.url);
/** Enough that waiting for the last image is a small part of the time. */
const IMAGES = 16;
const N = 10_000;

/** Certification draws by the clock on the wall: two threads use twice the CPU time. */
async function countingBy(workers: number): Promise<{ measure: Measure; close(): Promise<void> }> {
  if (!existsSync(entry)) throw new Error(`bench: expected ${entry.pathname}; npm run build`);
  const { name: _, sigma } = benchNetworks.cnn;
  const counting = workerCounting({ workers, engine: 'ort', entry });
  const noise = { kind: 'integer-gaussian', sigma } as const;
  const counter = await counting.open([benchNetwork('cnn')], { bounds, noise });
  const { images } = benchImages(IMAGES);
  return {
    async measure() {
      const begun = performance.now();
      await Promise.all(
        Array.from({ length: IMAGES }, (_unused, image) =>
          counter.count({
            x: rowsOf(images, image, image + 1),
            image,
            seed: 0,
            purpose: 'estimation',
            n: N,
            batchSize: 250,
          }),
        ),
      );
      return { samples: IMAGES * N, seconds: (performance.now() - begun) / 1000 };
    },
    async close() {
      await counter[Symbol.asyncDispose]();
      await counting[Symbol.asyncDispose]();
    },
  };
}

const workersRow: Row = {
  id: 'two-workers',
  what: 'certification draws of the CNN, two workers over one, by the clock on the wall',
  goal: 1.85,
  sense: 'at least',
  rounds: 7,
  wall: true,
  shortfall:
    'it is what the machine gives: two programs that share nothing, started together on it, reached 1.75 to 1.89 times one in six trials, median 1.84.',
  async open() {
    const [two, one] = [await countingBy(2), await countingBy(1)];
    return {
      first: two.measure,
      second: one.measure,
      close: async () => {
        await two.close();
        await one.close();
      },
    };
  },
};

const webRow: Row = {
  id: 'ort-web',
  what: 'forward pass of the CNN, 64 rows, onnxruntime-web in Node over onnxruntime-node, one thread each',
  goal: 0.13,
  sense: 'at least',
  rounds: 3,
  shortfall: 'WebAssembly has vectors of 128 bits, this machine of 512.',
  async open() {
    const network = benchNetwork('cnn');
    const { engine } = await loadEngine('ort-web');
    const [web, native] = [await passes(network, 64, {}, engine), await passes(network, 64)];
    return {
      first: web.measure,
      second: native.measure,
      close: async () => {
        await web.close();
        await native.close();
      },
    };
  },
};

export const engineRows: readonly Row[] = [workersRow, webRow];
