import { pgd } from '@floatpath/attacks';
import { rowsOf } from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import { engine } from '../engine.js';
import { byCpu } from '../measure.js';
import { benchImages, benchNetwork, benchNetworks, bounds } from '../networks.js';
import { againstTorch, type Row } from '../row.js';

const { name } = benchNetworks.cnn;
const STEPS = 40;
const EPSILON = 0.1;

/** One gradient of the cross-entropy, a signed step, and back into ball and bounds, as torch_baseline.py takes it. */
const stepRow: Row = againstTorch(
  {
    id: 'pgd-step-cnn',
    what: `PGD step of ${name}, 64 rows`,
    goal: 1.5,
    rounds: 3,
    torch: ['pgd', '--model', name, '--images', '256', '--batch', '64', '--steps', '40'],
  },
  async () => {
    const classifier = await createClassifier(engine, benchNetwork('cnn'), { bounds });
    const { images, labels } = benchImages(64);
    const x = { ...images, data: images.data.slice() };
    const [low, high] = [-EPSILON, EPSILON].map((by) =>
      images.data.map((v) => Math.min(1, Math.max(0, v + by))),
    ) as [Float32Array, Float32Array];
    const work = async (): Promise<number> => {
      const answer = await classifier.gradient?.(x, { kind: 'cross-entropy', labels });
      const slopes = answer?.gradient.data ?? new Float32Array(0);
      for (let i = 0; i < slopes.length; i += 1) {
        const moved = (x.data[i] as number) + (EPSILON / 30) * Math.sign(slopes[i] as number);
        x.data[i] = Math.min(high[i] as number, Math.max(low[i] as number, moved));
      }
      return 64;
    };
    return { ours: byCpu(work), close: async () => classifier[Symbol.asyncDispose]() };
  },
);

const attackRow: Row = againstTorch(
  {
    id: 'pgd-40-cnn',
    what: `PGD with 40 steps on 512 images, ${name}; ours stops at a row's first adversarial point`,
    goal: 1.3,
    rounds: 3,
    torch: ['pgd', '--model', name, '--images', '512', '--batch', '64', '--steps', `${STEPS}`],
  },
  async () => {
    const classifier = await createClassifier(engine, benchNetwork('cnn'), { bounds });
    const { images, labels, ids } = benchImages(512);
    const attack = pgd({ steps: STEPS, relativeStep: 1 / 30 });
    const criterion = { kind: 'untargeted', labels } as const;
    const work = async (): Promise<number> => {
      await attack.run(
        classifier,
        rowsOf(images, 0, 512),
        criterion,
        { kind: 'ball', norm: 'linf', epsilon: EPSILON },
        { seed: 0, images: ids, batchSize: 64 },
      );
      return 512 * STEPS;
    };
    return { ours: byCpu(work), close: async () => classifier[Symbol.asyncDispose]() };
  },
);

export const attackRows: readonly Row[] = [stepRow, attackRow];
