// `npm run bench -- packages/core`: hz is millions of values per CPU second and core.
import { bench, describe } from 'vitest';
import {
  fillNormal,
  gridGaussian,
  gridGaussianCuts,
  streamState,
  type StreamKey,
} from '../src/index.js';
import { gridTable } from '../src/random/grid-table.js';
import { twinKernels, type NoiseKernels } from '../src/random/noise-kernels.js';
import { noiseKernels } from '../src/random/shared-kernels.js';

const key: StreamKey = { seed: 1, purpose: 'estimation', image: 0, draw: 0 };
const state = streamState(key);
const million = 1_000_000;
const out = new Float32Array(million);
const { limit, cuts } = gridGaussianCuts(0.25);
const table = gridTable(limit, cuts);
const sampler = gridGaussian(0.25);

/** CPU milliseconds: time that other processes take does not count. */
function now(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
const options = { now, time: 500, warmupTime: 200 };

/** A million values as rows of one 28 x 28 image each. */
function forRows(fillRow: (at: number, size: number, stream: StreamKey) => void): void {
  for (let draw = 0; draw < 1275; draw += 1) fillRow(784 * draw, 784, { ...key, draw });
  fillRow(784 * 1275, million - 784 * 1275, { ...key, draw: 1275 });
}

const kernels: readonly (readonly [string, NoiseKernels])[] = [
  ['WebAssembly', noiseKernels()],
  ['TypeScript twin', twinKernels],
];

describe('normals', () => {
  for (const [name, { fillNormal }] of kernels) {
    bench(name, () => fillNormal(out, 0, million, state), options);
  }
  const fillRow = fillNormal.bind(null, out);
  bench('fillNormal, rows of 784', () => forRows(fillRow), options);
});

describe('grid draws, sigma 0.25', () => {
  for (const [name, { fillGrid }] of kernels) {
    bench(name, () => void fillGrid(out, 0, million, state, table), options);
  }
  const fillRow = sampler.fill.bind(null, out);
  bench('gridGaussian, rows of 784', () => forRows(fillRow), options);
});
