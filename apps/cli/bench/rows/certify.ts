import { inProcessCounting } from '@floatpath/audit';
import { rowsOf } from '@floatpath/core';
import { engine } from '../engine.js';
import { byCpu } from '../measure.js';
import { benchImages, benchNetwork, benchNetworks, bounds, type NetworkKey } from '../networks.js';
import { againstTorch, type Row } from '../row.js';

const [N0, N, BATCH] = [100, 10_000, 250];

interface Certify {
  readonly id: string;
  readonly key: NetworkKey;
  readonly images: number;
  readonly goal: number;
  readonly sharing: 'per-image' | 'shared';
  readonly firstLayer?: 'fixed-point';
  readonly words: string;
  readonly shortfall?: string;
}

/** What `floatpath certify --workers 1` draws for these images: on the 8-bit grid, n0 = 100 and n = 10,000. */
function certifyRow(certify: Certify): Row {
  const { id, key, images, goal, sharing, firstLayer = 'float32', words, shortfall } = certify;
  const { name, sigma } = benchNetworks[key];
  const torch = ['certify', '--model', name, '--sigma', `${sigma}`, '--images', `${images}`];
  return againstTorch(
    {
      id,
      what: `certify ${images} images with ${name}, ${words}`,
      goal,
      rounds: 3,
      torch: [...torch, '--n', `${N}`, '--batch', '1000'],
      ...(shortfall === undefined ? {} : { shortfall }),
    },
    () => {
      const network = benchNetwork(key);
      const { images: all } = benchImages(images);
      const work = async (): Promise<number> => {
        await using counting = inProcessCounting(engine);
        const noise = { kind: 'integer-gaussian', sigma } as const;
        await using counter = await counting.open([network], {
          bounds,
          noise,
          sharing,
          firstLayer,
        });
        for (let i = 0; i < images; i += 1) {
          const image = sharing === 'shared' ? 0 : i;
          const request = { x: rowsOf(all, i, i + 1), image, seed: 0, batchSize: BATCH };
          await counter.count({ ...request, purpose: 'selection', n: N0 });
          await counter.count({ ...request, purpose: 'estimation', n: N });
        }
        return images * (N0 + N);
      };
      return Promise.resolve({ ours: byCpu(work, 0), close: () => Promise.resolve() });
    },
  );
}

export const certifyRows: readonly Row[] = [
  certifyRow({
    id: 'certify-cnn-per-image',
    key: 'cnn',
    images: 5,
    goal: 1.2,
    sharing: 'per-image',
    words: 'noise of their own',
  }),
  certifyRow({
    id: 'certify-cnn-shared',
    key: 'cnn',
    images: 10,
    goal: 1.5,
    sharing: 'shared',
    words: 'shared noise',
  }),
  certifyRow({
    id: 'certify-mlp-shared',
    key: 'mlp',
    images: 20,
    goal: 1.8,
    sharing: 'shared',
    words: 'shared noise',
  }),
  certifyRow({
    id: 'certify-mlp-fixed-point',
    key: 'mlp',
    images: 60,
    goal: 5,
    sharing: 'shared',
    firstLayer: 'fixed-point',
    words: 'shared noise and a first layer in fixed point, computed once',
    shortfall:
      'the goal was set with float32 sums, which are not sound; exact sums are twice as wide, and are added and converted per draw.',
  }),
];
