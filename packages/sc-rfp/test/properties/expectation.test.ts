import { float32Tensor } from '@floatpath/core';
import { foldConstants, gatesOf, referenceEngine } from '@floatpath/engine';
import { givenPartition } from '@floatpath/path-decomp';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectationForm, formName, lambdaOutput, repressFloatPaths } from '../../src/index.js';
import { ortForTests } from '../ort.js';
import { masks, run } from '../run.js';
import { smallImages, smallNetwork } from '../small-network.js';

const network = smallNetwork();
const partition = givenPartition();
const ROWS = 3;
const cases = networkCases('any').filter((c) => gatesOf(foldConstants(c.network)).length > 0);

describe('the expectation form', () => {
  it('with expectations of 0 is the layerwise form', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ network: any, points, coins }) => {
        const zeros = new Map(
          gatesOf(foldConstants(any)).map((g) => [g.node.name, new Float32Array(g.units)]),
        );
        const [input] = any.inputs;
        const x = { [input?.name as string]: points(0, ROWS) };
        const float = masks(any, ROWS, (_gate, size) => coins(1, size));
        const forms = [expectationForm(zeros), 'layerwise'] as const;
        const [mixed, scaled] = await Promise.all(
          forms.map(async (form) => {
            const repressed = repressFloatPaths(any, { partition, form, lambdas: [0.25] });
            const own = Object.entries(float).filter(([name]) =>
              repressed.inputs.some((value) => value.name === name),
            );
            return run(referenceEngine(), repressed, { ...x, ...Object.fromEntries(own) });
          }),
        );
        expect(mixed?.[lambdaOutput(0.25)]?.map((v) => 0 + v)).toEqual(
          scaled?.[lambdaOutput(0.25)]?.map((v) => 0 + v),
        );
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['float64', referenceEngine(), 1e-9],
    // Sums of at most 8 float32 products of sizes about 1.
    ['ONNX Runtime', ortForTests(), 1e-5],
  ] as const)(
    'mixes outputs and expectations, layer by layer (%s)',
    async (_name, engine, tolerance) => {
      const lambda = 0.25;
      const outputs = new Map([
        ['gate_1', Float32Array.from({ length: 8 }, (_, u) => u / 4)],
        ['gate_2', Float32Array.from({ length: 5 }, (_, u) => 1 - u / 4)],
      ]);
      const float = masks(network, 1, (gate, size) =>
        Uint8Array.from({ length: size }, (_, u) => (u + gate.units) % 2),
      );
      const x = smallImages(1);
      const form = expectationForm(outputs);
      const repressed = repressFloatPaths(network, { partition, form, lambdas: [lambda] });
      const got = (await run(engine, repressed, { x, ...float }))[lambdaOutput(lambda)];
      let h = Array.from(x.data);
      for (const l of [0, 1, 2]) {
        const w = network.constants.get(`W${l}`)?.data as Float32Array;
        const b = network.constants.get(`b${l}`)?.data as Float32Array;
        const z = Array.from(b, (v, u) => h.reduce((s, a, i) => s + w[u * h.length + i]! * a, v));
        const mask = float[`float:gate_${l + 1}`]?.data;
        h = z.map((v, u) => {
          if (l === 2) return v;
          const mean = outputs.get(`gate_${l + 1}`)![u]!;
          return mask?.[u] ? lambda * Math.max(0, v) + (1 - lambda) * mean : Math.max(0, v);
        });
      }
      h.forEach((v, j) => expect(Math.abs(v - got![j]!)).toBeLessThan(tolerance));
    },
  );

  it('has a name of one word', () => {
    expect([formName('path-sum'), formName(expectationForm(new Map()))]).toEqual([
      'path-sum',
      'expectation',
    ]);
  });

  it.each([
    [new Map<string, Float32Array>(), 'not-calibrated'],
    [new Map([['gate_1', float32Tensor([3]).data]]), 'shape-mismatch'],
  ])('refuses expectations that do not fit', (outputs, code) => {
    const form = expectationForm(outputs);
    expect(() => repressFloatPaths(network, { partition, form, lambdas: [0.5] })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});
