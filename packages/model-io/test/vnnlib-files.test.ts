import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readVnnlib, type VnnlibConstraint } from '../src/index.js';

const root = resolve(import.meta.dirname, '../../../../shared/networks');
const missing = !existsSync(root);

interface Instance {
  readonly spec: string;
  readonly nInputs: number;
  readonly nOutputs: number;
  readonly disjunctive: boolean;
  readonly counterexample: {
    /** The published point meets the specification without a tolerance; `Yort` is ONNX Runtime's output there. */
    readonly strict?: boolean;
    readonly X?: readonly number[];
    readonly Yort?: readonly number[];
  } | null;
}

describe.skipIf(missing)('the specifications of the third-party set', () => {
  const { instances } = missing
    ? { instances: [] }
    : (JSON.parse(readFileSync(`${root}/GROUND_TRUTH.json`, 'utf8')) as { instances: Instance[] });
  const perSpec = new Map(instances.map((instance) => [instance.spec, instance]));

  test('every file is read, with a bounded box and constraints in every case', () => {
    for (const { spec, nInputs, nOutputs } of perSpec.values()) {
      const { inputs, outputs, cases } = readVnnlib(readFileSync(`${root}/${spec}`));
      expect([inputs, outputs], spec).toEqual([nInputs, nOutputs]);
      expect(cases.length, spec).toBeGreaterThan(0);
      for (const { low, high, constraints } of cases) {
        expect(constraints.length, spec).toBeGreaterThan(0);
        expect(
          low.every((bound, i) => Number.isFinite(bound) && bound <= (high[i] as number)),
          spec,
        ).toBe(true);
      }
    }
  });

  test("other tools' counterexamples are in the set that is read", () => {
    const published = instances.filter(({ counterexample }) => counterexample?.strict === true);
    expect(published.length).toBeGreaterThan(60);
    for (const { spec, counterexample } of published) {
      const x = counterexample?.X ?? [];
      const y = counterexample?.Yort ?? [];
      const sum = ({ inputs, outputs }: VnnlibConstraint): number =>
        inputs.reduce((s, { index, weight }) => s + weight * (x[index] as number), 0) +
        outputs.reduce((s, { index, weight }) => s + weight * (y[index] as number), 0);
      const inside = readVnnlib(readFileSync(`${root}/${spec}`)).cases.some(
        ({ low, high, constraints }) =>
          x.every((v, i) => v >= (low[i] as number) && v <= (high[i] as number)) &&
          constraints.every((constraint) => sum(constraint) <= constraint.bound),
      );
      expect(inside, spec).toBe(true);
    }
  });
});
