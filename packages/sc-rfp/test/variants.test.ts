import { rowsOf } from '@floatpath/core';
import { createLabelCounter, referenceEngine } from '@floatpath/engine';
import { countDraws, integerGaussian } from '@floatpath/smoothing';
import { describe, expect, it } from 'vitest';
import {
  centerAnchor,
  createCenteredClassifier,
  createVariantFeeds,
  inputAnchor,
  PLAIN_OUTPUT,
  scRfp,
  sharedCounterNetwork,
  type RepressedVariant,
} from '../src/index.js';
import { ortForTests } from './ort.js';
import { smallImages, smallNetwork } from './small-network.js';

const network = smallNetwork();
const noise = integerGaussian({ sigma: 0.5, bounds: [0, 1] });
const input = inputAnchor({
  kappa: 1,
  deviations: new Map([
    ['gate_1', new Float32Array(8).fill(0.4)],
    ['gate_2', new Float32Array(5).fill(0.6)],
  ]),
});
const center = centerAnchor({ tau: 0.05, draws: 100 });
const strict = centerAnchor({ tau: 0.3, draws: 100 });
const variants: readonly RepressedVariant[] = [
  { name: 'input 0.5', anchor: input, form: 'path-sum', lambda: 0.5 },
  { name: 'input 0', anchor: input, form: 'path-sum', lambda: 0 },
  { name: 'input 1', anchor: input, form: 'path-sum', lambda: 1 },
  { name: 'input layerwise', anchor: input, form: 'layerwise', lambda: 0 },
  { name: 'center 0', anchor: center, form: 'path-sum', lambda: 0 },
  { name: 'center 0.5', anchor: center, form: 'path-sum', lambda: 0.5 },
  { name: 'center 1', anchor: center, form: 'path-sum', lambda: 1 },
  { name: 'strict 0', anchor: strict, form: 'path-sum', lambda: 0 },
];
const shared = sharedCounterNetwork(network, variants);
const draws = { noise, purpose: 'estimation', image: 2, seed: 1, n: 60 } as const;
const x = rowsOf(smallImages(3), 2, 3);

describe.each([
  ['float64', referenceEngine()],
  ['ONNX Runtime', ortForTests()],
])('one pass over all variants (%s)', (_name, engine) => {
  const observe = { noise, seed: 1, batchSize: 50 };

  async function countAll(batchSize: number): Promise<Readonly<Record<string, readonly number[]>>> {
    await using counter = await createLabelCounter(engine, shared, {
      bounds: [0, 1],
      arithmetic: 'grid',
    });
    await using feeds = await createVariantFeeds(engine, network, variants, observe);
    const frozen = counter.withFeeds(await feeds.feedsAt(x, 2));
    const { counts } = await countDraws(frozen, x, { ...draws, batchSize });
    return Object.fromEntries(counter.names.map((name, i) => [name, Array.from(counts[i] ?? [])]));
  }

  it('counts what each variant counts on its own', async () => {
    const together = await countAll(60);
    for (const { name, anchor, form, lambda } of variants) {
      if (!('observe' in anchor)) {
        await using alone = await createLabelCounter(
          engine,
          scRfp(network, { anchor, form, lambda }),
          {
            bounds: [0, 1],
            arithmetic: 'grid',
          },
        );
        const { counts } = await countDraws(alone, x, { ...draws, batchSize: 60 });
        expect([name, together[name]]).toEqual([name, Array.from(counts[0] ?? [])]);
      } else {
        await using centered = await createCenteredClassifier(engine, network, {
          ...observe,
          anchor,
          form,
          lambda,
          bounds: [0, 1],
        });
        const frozen = await centered.at(x, 2);
        const { noise: rows } = noise.rows({ ...draws, from: 0, count: 60, size: 6 });
        const counts = await frozen.countLabels?.(x, rows);
        expect([name, together[name]]).toEqual([name, Array.from(counts ?? [])]);
      }
    }
  });

  it('gives the plain counts for lambda 1, and others elsewhere', async () => {
    const counts = await countAll(60);
    expect(counts['input 1']).toEqual(counts[PLAIN_OUTPUT]);
    expect(counts['center 1']).toEqual(counts[PLAIN_OUTPUT]);
    const different = variants.filter(
      ({ name, lambda }) => lambda !== 1 && counts[name]?.join() !== counts[PLAIN_OUTPUT]?.join(),
    );
    expect(different.length).toBeGreaterThan(3);
  });

  it('does not depend on the batch size', async () => {
    const [all, seven, one] = [await countAll(60), await countAll(7), await countAll(1)];
    expect(seven).toEqual(all);
    expect(one).toEqual(all);
  });
});

describe('sharedCounterNetwork', () => {
  it('computes N once and each fixed part once', () => {
    // N: 3 layers. Three partitions add layers 2 and 3 each; layerwise also reads the repressed layer 1: 2 more.
    expect(shared.nodes.filter((node) => node.op === 'Gemm')).toHaveLength(3 + 3 * 2 + 2);
  });

  it('takes no inputs for unconditional anchors and one mask per gate for each conditional one', () => {
    expect(shared.inputs.map((value) => value.name)).toEqual([
      'x',
      'center(tau 0.05, 100 draws)/float:gate_1',
      'center(tau 0.05, 100 draws)/float:gate_2',
      'center(tau 0.3, 100 draws)/float:gate_1',
      'center(tau 0.3, 100 draws)/float:gate_2',
    ]);
  });

  it('refuses a name used twice', () => {
    const twice: RepressedVariant = {
      name: PLAIN_OUTPUT,
      anchor: input,
      form: 'path-sum',
      lambda: 0,
    };
    expect(() => sharedCounterNetwork(network, [twice])).toThrow(/expected different names/);
  });
});
