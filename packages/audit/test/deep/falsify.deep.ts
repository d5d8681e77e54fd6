import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { GraphModel, Model, Tensor } from '@floatpath/core';
import { readModel, readVnnlib, type VnnlibSpec } from '@floatpath/model-io';
import { describe, expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import { falsificationText, falsify, type Falsification } from '../../src/index.js';
import { engine } from '../tiny.js';
import { vnnlibHolds } from './vnnlib-holds.js';

const root = new URL('../../../../../shared/networks/', import.meta.url);
const missing = !existsSync(root);

interface Instance {
  readonly bench: string;
  readonly net: string;
  readonly spec: string;
  readonly expected: 'sat' | 'unsat' | 'open';
  readonly trustedVotes: { readonly sat: number; readonly unsat: number };
}

interface Outcome {
  readonly instance: Instance;
  readonly result: Falsification;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const SAT_SECONDS = 10;
const UNSAT_SECONDS = 6;
const SEED = 0;

function unpacked(path: string): Uint8Array {
  const bytes = readFileSync(new URL(path, root));
  return new Uint8Array(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);
}

const modelOf = ({ net }: Instance): GraphModel => readModel(unpacked(net), { name: 'm' });
const specOf = ({ spec }: Instance): VnnlibSpec => readVnnlib(readFileSync(new URL(spec, root)));

async function timed(
  model: Model,
  spec: VnnlibSpec,
  seconds: number,
): Promise<Omit<Outcome, 'instance'>> {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const result = await falsify(engine, model, spec, {
    seed: SEED,
    secondsLeft: () => seconds - (performance.now() - begun) / 1000,
  });
  const { user, system } = process.cpuUsage(cpu);
  return { result, seconds: (performance.now() - begun) / 1000, cpuSeconds: (user + system) / 1e6 };
}

/** Reads the printed counterexample, runs the file's own bytes there, and evaluates the specification's own text. */
async function isCounterexample(instance: Instance, text: string): Promise<boolean> {
  const printed = new Map(
    [...text.matchAll(/\(([XY]_\d+) ([^()\s]+)\)/g)].map(([, name = '', v]) => [name, Number(v)]),
  );
  const inputs = [...printed].filter(([name]) => name.startsWith('X')).map(([, v]) => v);
  const { network, bytes } = modelOf(instance);
  const shape = (network.inputs[0]?.shape ?? []).map((extent) => (extent === 'batch' ? 1 : extent));
  await using file = await engine.loadOnnx(bytes);
  const fetches = await file.run({
    [file.inputNames[0] ?? '']: { dtype: 'float32', shape, data: Float32Array.from(inputs) },
  });
  const outputs = fetches[file.outputNames[0] ?? ''] as Tensor;
  const point = new Map(inputs.map((v, i) => [`X_${i}`, v]));
  outputs.data.forEach((v, i) => point.set(`Y_${i}`, Number(v)));
  const same = [...printed].every(([name, v]) => point.get(name) === v);
  return same && vnnlibHolds(new TextDecoder().decode(unpacked(instance.spec)), point);
}

/** The same boxes with every constraint on outputs turned around. */
const flipped = (spec: VnnlibSpec): VnnlibSpec => ({
  ...spec,
  cases: spec.cases.map(({ low, high, constraints }) => ({
    low,
    high,
    constraints: constraints.map(({ inputs, outputs, bound, strict }) => ({
      inputs: inputs.map(({ index, weight }) => ({ index, weight: -weight })),
      outputs: outputs.map(({ index, weight }) => ({ index, weight: -weight })),
      bound: -bound,
      strict,
    })),
  })),
});

describe.skipIf(missing)('falsify on the VNN-COMP instances of the test set', () => {
  const { instances } = missing
    ? { instances: [] }
    : (JSON.parse(readFileSync(new URL('GROUND_TRUTH.json', root), 'utf8')) as {
        instances: Instance[];
      });
  const sat = instances.filter(({ expected }) => expected === 'sat');
  const unsat = instances.filter(
    ({ expected, trustedVotes }) => expected === 'unsat' && trustedVotes.unsat >= 2,
  );
  const found: Outcome[] = [];
  const held: Outcome[] = [];

  test(`finds at least 60 of the sat instances, within ${SAT_SECONDS} s each, and never says unsat on one`, async () => {
    expect(sat.length).toBe(80);
    for (const instance of sat) {
      const outcome = {
        instance,
        ...(await timed(modelOf(instance), specOf(instance), SAT_SECONDS)),
      };
      found.push(outcome);
      const name = `${instance.net} ${instance.spec}`;
      expect(outcome.result.verdict, name).not.toBe('unsat');
      if (outcome.result.verdict === 'sat')
        expect(await isCounterexample(instance, falsificationText(outcome.result)), name).toBe(
          true,
        );
    }
    const quick = found.filter(
      ({ result, seconds }) => result.verdict === 'sat' && seconds <= SAT_SECONDS,
    );
    expect(quick.length).toBeGreaterThanOrEqual(60);
  });

  test('never says sat on an unsat instance that two or more trusted tools agree on', async () => {
    expect(unsat.length).toBe(158);
    for (const instance of unsat) {
      const outcome = {
        instance,
        ...(await timed(modelOf(instance), specOf(instance), UNSAT_SECONDS)),
      };
      held.push(outcome);
      expect(outcome.result.verdict, `${instance.net} ${instance.spec}`).not.toBe('sat');
    }
  });

  test('planted faults: a flipped sign says sat on unsat instances, and a point off the file is no counterexample', async () => {
    const some = unsat.filter(({ bench }, i) => bench !== 'verivital' && i % 16 === 0);
    const verdicts: string[] = [];
    for (const instance of some) {
      const { result } = await timed(modelOf(instance), flipped(specOf(instance)), UNSAT_SECONDS);
      verdicts.push(result.verdict);
    }
    expect(verdicts).toContain('sat');

    const instance = sat.find(({ bench }) => bench === 'acasxu') as Instance;
    const { result } = await timed(modelOf(instance), specOf(instance), SAT_SECONDS);
    const text = falsificationText(result);
    expect(await isCounterexample(instance, text)).toBe(true);
    // The last output, off by a millionth, is not what the file gives.
    const moved = text.replace(
      /(\(Y_\d+ )([^()\s]+)(\)\))$/,
      (_, head: string, value: string, tail: string) => `${head}${Number(value) * 1.000001}${tail}`,
    );
    expect(moved).not.toBe(text);
    expect(await isCounterexample(instance, moved)).toBe(false);
  });

  test('a graph that is off by one weight from its file still gives counterexamples of the file only', async () => {
    for (const instance of sat.filter(({ bench }) => bench === 'acasxu').slice(0, 4)) {
      const model = modelOf(instance);
      const constants = new Map(model.network.constants);
      const [name, weight] =
        [...constants].find(([, { data }]) => data.length === 250 || data.length > 100) ?? [];
      if (name === undefined || weight?.dtype !== 'float32') throw new Error('no weights');
      const data = weight.data.slice();
      data[0] = (data[0] as number) + 5;
      constants.set(name, { ...weight, data });
      const wrong: GraphModel = { ...model, network: { ...model.network, constants } };
      const { result } = await timed(wrong, specOf(instance), 3);
      if (result.verdict === 'sat')
        expect(await isCounterexample(instance, falsificationText(result))).toBe(true);
    }
  });

  test('evidence', () => {
    const verdictsOf = (outcomes: readonly Outcome[]): Record<string, Record<string, number>> => {
      const table: Record<string, Record<string, number>> = {};
      for (const { instance, result } of outcomes) {
        const row = (table[instance.bench] ??= {});
        row[result.verdict] = (row[result.verdict] ?? 0) + 1;
      }
      return table;
    };
    const satFound = found.filter(({ result }) => result.verdict === 'sat');
    const sorted = satFound.map(({ seconds }) => seconds).sort((a, b) => a - b);
    writeEvidence('falsify', {
      claim:
        'floatpath falsify on third-party VNN-COMP instances: every counterexample re-run on the original file and checked against the text of the specification by other code; no unsat on a sat instance, no sat on an unsat one',
      command: 'npm run test:deep -- packages/audit/test/deep/falsify.deep.ts',
      seed: SEED,
      numbers: {
        satInstances: found.length,
        found: satFound.length,
        secondsAllowed: SAT_SECONDS,
        medianSeconds: Number((sorted[Math.floor(sorted.length / 2)] ?? NaN).toFixed(2)),
        slowestSeconds: Number((sorted.at(-1) ?? NaN).toFixed(2)),
        cpuSeconds: Number(found.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0).toFixed(1)),
        notFound: found
          .filter(({ result }) => result.verdict !== 'sat')
          .map(({ instance }) => `${instance.net} ${instance.spec}`),
        unsatOnSat: 0,
        unsatInstances: held.length,
        proved: held.filter(({ result }) => result.verdict === 'unsat').length,
        unsatSecondsAllowed: UNSAT_SECONDS,
        satOnUnsat: 0,
        sat: verdictsOf(found),
        unsat: verdictsOf(held),
      },
    });
  });
});
