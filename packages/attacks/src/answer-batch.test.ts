import { expect, it } from 'vitest';
import {
  float32Tensor,
  rowsOf,
  type Classifier,
  type Objective,
  type Region,
} from '@floatpath/core';
import { randomMlp, type PlainClassifier } from '../test/classifiers.js';
import { answerBatch } from './answer-batch.js';
import { apgd } from './apgd.js';
import { apgdTargeted } from './apgd-targeted.js';
import { guidedBy } from './guided-by.js';

const ratios: readonly Objective['kind'][] = ['dlr', 'targeted-dlr'];

/** Equations 6 and 7 of Croce and Hein, differentiated by hand; all logits different. */
function slopesOf(z: readonly number[], label: number, target?: number): number[] {
  const order = z.map((_, j) => j).sort((a, b) => (z[b] as number) - (z[a] as number));
  const [first = 0, second = 0, third = 0, fourth = 0] = order;
  const at = (j: number): number => z[j] as number;
  const lower = target === undefined ? [third] : [third, fourth];
  const rival = target ?? (first === label ? second : first);
  const spread = at(first) - lower.reduce((sum, j) => sum + at(j), 0) / lower.length;
  const ratio = (at(rival) - at(label)) / spread;
  return z.map((_, j) => {
    const gap = Number(j === rival) - Number(j === label);
    const spreads = Number(j === first) - (lower.includes(j) ? 1 / lower.length : 0);
    return (gap - ratio * spreads) / spread;
  });
}

/** The same classifier, which takes DLR as well and keeps account of what it was asked. */
function naming(classifier: PlainClassifier): Classifier & { readonly asked: Objective['kind'][] } {
  const asked: Objective['kind'][] = [];
  return {
    ...classifier,
    asked,
    objectives: ['cross-entropy', 'margin', 'cotangent', ...ratios],
    gradient: (x, objective) => {
      asked.push(objective.kind);
      if (objective.kind !== 'dlr' && objective.kind !== 'targeted-dlr')
        return classifier.gradient(x, objective);
      const logits = classifier.logitsNow(x);
      const rows = Array.from(objective.labels, (label, i) =>
        slopesOf(
          [...rowsOf(logits, i, i + 1).data],
          label,
          objective.kind === 'dlr' ? undefined : objective.targets[i],
        ),
      );
      const cotangent = float32Tensor(logits.shape, rows.flat());
      return classifier.gradient(x, { kind: 'cotangent', cotangent });
    },
  };
}

const mlp = randomMlp(5, [6], 5);
const x = float32Tensor(
  [8, 6],
  Float32Array.from({ length: 48 }, (_, i) => 0.5 + 0.4 * Math.sin(7 * i)),
);
const scores = mlp.logitsNow(x);
const labels = Int32Array.from({ length: 8 }, (_, i) => {
  const row = [...rowsOf(scores, i, i + 1).data];
  return row.indexOf(Math.max(...row));
});
const criterion = { kind: 'untargeted', labels } as const;
const ball: Region = { kind: 'ball', norm: 'linf', epsilon: 0.06 };
const options = { seed: 0, images: Uint32Array.from({ length: 8 }, (_, i) => i), batchSize: 3 };

it.each([
  ['dlr', apgd({ iterations: 15, objective: 'dlr' })],
  ['targeted-dlr', apgdTargeted({ iterations: 15, targets: 4 })],
] as const)('asks %s in one pass of a classifier that names it', async (kind, attack) => {
  const named = naming(mlp);
  const once = await attack.run(named, x, criterion, ball, options);
  const twice = await attack.run(mlp, x, criterion, ball, options);
  expect(once.rows.map(({ status }) => status)).toEqual(twice.rows.map(({ status }) => status));
  expect(once.rows.some(({ status }) => status === 'failed')).toBe(true);
  once.adversarial.data.forEach((value, i) =>
    // The slopes' roundings differ; steps take their sign.
    expect(value).toBeCloseTo(twice.adversarial.data[i] as number, 5),
  );
  expect(new Set(named.asked)).toEqual(new Set([kind]));
  expect(once.queries.backward).toBe(twice.queries.backward);
  expect(once.queries.forward).toBe(twice.queries.forward - twice.queries.backward);
});

it('does not go through the network for a gradient where no row has a DLR', async () => {
  const coin = randomMlp(5, [6], 2);
  const query = { kind: 'dlr', x: rowsOf(x, 0, 1).data, label: 0 } as const;
  const { answers, queries } = await answerBatch(coin, 'dlr', [query], [0]);
  expect(answers).toMatchObject([{ gradient: new Float32Array(6) }]);
  expect(queries).toEqual({ forward: 1, backward: 0 });
});

it('climbs the margin where there is no DLR', async () => {
  const coin = randomMlp(5, [6], 2);
  const run = (objective: 'dlr' | 'margin') => {
    const attack = apgd({ iterations: 10, objective });
    return attack.run(coin, x, { kind: 'untargeted', labels: labels.map(() => 0) }, ball, options);
  };
  expect((await run('dlr')).adversarial).toEqual((await run('margin')).adversarial);
});

it('asks a guide for what the guide names', async () => {
  const guide = naming(mlp);
  await guidedBy(mlp, apgd({ iterations: 3, objective: 'dlr' })).run(
    guide,
    x,
    criterion,
    ball,
    options,
  );
  expect(guide.asked).toEqual([]);
  await guidedBy(guide, apgd({ iterations: 3, objective: 'dlr' })).run(
    mlp,
    x,
    criterion,
    ball,
    options,
  );
  expect(new Set(guide.asked)).toEqual(new Set(['dlr']));
});
