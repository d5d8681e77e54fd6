// `npm run bench -- packages/audit/bench/crown`: CPU time of the bounds of one image; writes evidence/crown.json.
import { existsSync, readFileSync } from 'node:fs';
import { float64Tensor } from '@floatpath/core';
import { readOnnx, readVnnlib, type VnnlibCase } from '@floatpath/model-io';
import { bench, describe } from 'vitest';
import { writeEvidence } from '../../../scripts/evidence.js';
import { analyze, boundOutputs, boxRegion, prepareBounds } from '@floatpath/activation-patterns';

const networks = new URL('../../../../shared/networks/vnncomp/', import.meta.url);
const bytes = (file: string): Uint8Array => new Uint8Array(readFileSync(new URL(file, networks)));

/** CPU milliseconds: time that other processes take does not count. */
function now(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const cases = [
  [
    'resnet_2b',
    'cifar10_resnet/onnx/resnet_2b.onnx',
    'cifar10_resnet/vnnlib/prop_14_eps_0.008.vnnlib.gz',
  ],
  [
    'mnist-net_256x2',
    'mnist_fc/onnx/mnist-net_256x2.onnx',
    'mnist_fc/vnnlib/prop_0_0.05.vnnlib.gz',
  ],
] as const;

describe.skipIf(!existsSync(networks))('bounds of one image', () => {
  const numbers = new Map<string, unknown>();
  for (const [name, file, spec] of existsSync(networks) ? cases : []) {
    const analysis = analyze(readOnnx(bytes(file)));
    const started = now();
    const prepared = prepareBounds(analysis);
    const prepare = now() - started;
    const { low, high } = readVnnlib(bytes(spec)).cases[0] as VnnlibCase;
    const corner = (values: Float64Array) => float64Tensor(analysis.inputShape, values);
    const region = boxRegion(analysis, corner(low), corner(high));
    for (const method of ['interval', 'crown'] as const) {
      const seconds: number[] = [];
      let undecided = 0;
      bench(
        `${name}, ${method}`,
        () => {
          const begin = now();
          undecided = boundOutputs(prepared, region, { method }).proof.undecided;
          seconds.push((now() - begin) / 1000);
        },
        {
          ...{ now, iterations: 4, time: 0, warmupIterations: 1, warmupTime: 0 },
          teardown() {
            numbers.set(`${name} ${method}`, {
              ...{ network: name, method, units: analysis.layout.units, undecided },
              weights: prepared.entries,
              weightMib: Number(((20 * prepared.entries) / 2 ** 20).toFixed(1)),
              prepareSeconds: Number((prepare / 1000).toFixed(2)),
              cpuSeconds: Number(Math.min(...seconds).toFixed(3)),
            });
            writeEvidence('crown', {
              claim:
                'CPU time of sound bounds of all units and logits on one image, on one core; the goal for resnet_2b is below 2 seconds.',
              command: 'npm run bench -- packages/audit/bench/crown',
              seed: 0,
              numbers: [...numbers.values()],
            });
          },
        },
      );
    }
  }
});
