import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { float32Tensor, int64Tensor, type Network } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { writeNpz } from '@floatpath/model-io/datasets';
import { describe, expect, it } from 'vitest';
import { interruption } from '../src/signals.js';
import { quarterEndpoint } from './support/endpoint.js';
import { brightQuarters, quarterNetwork } from './support/models.js';
import { runCaptured, type CaptureOptions, type Captured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const COUNT = 6;
const images = float32Tensor([COUNT, 4], brightQuarters(COUNT));
writeFileSync(
  inFolder('data.npz'),
  writeNpz({
    x: images,
    y: int64Tensor(
      [COUNT],
      Array.from({ length: COUNT }, (_, i) => i % 4),
    ),
  }),
);
writeFileSync(inFolder('bare.npz'), writeNpz({ x: images }));
const data = ['--data', `npz:${inFolder('data.npz')}`];

/** The same function with nodes between the last layer and the output that this program has no op for. */
function behind(nodes: Network['nodes'], constants: Network['constants'] = new Map()): Network {
  const network = quarterNetwork();
  const last = network.nodes.at(-1) as Network['nodes'][number];
  return {
    ...network,
    nodes: [...network.nodes.slice(0, -1), { ...last, outputs: ['before'] }, ...nodes],
    constants: new Map([...network.constants, ...constants]),
  };
}
const node = (
  op: string,
  inputs: string[],
  output: string,
  attributes = {},
): Network['nodes'][0] => ({
  name: `${op}_${output}`,
  op,
  inputs,
  outputs: [output],
  attributes,
});
const FLOAT16 = 10;
const models = {
  'an op that is not known': behind([node('Shrink', ['before'], 'y', { bias: 0, lambd: 0 })]),
  float16: behind([
    node('Cast', ['before'], 'half', { to: FLOAT16 }),
    node('Cast', ['half'], 'y', { to: 1 }),
  ]),
  'quantized weights': behind(
    [
      node('QuantizeLinear', ['before', 'scale'], 'q'),
      node('DequantizeLinear', ['q', 'scale'], 'y'),
    ],
    new Map([['scale', float32Tensor([], [1 / 64])]]),
  ),
};
const modelFile = (network: Network, name: string): string => {
  writeFileSync(inFolder(name), writeOnnx(network));
  return inFolder(name);
};
const graph = modelFile(quarterNetwork(), 'graph.onnx');

const certify = (
  model: string,
  out: string,
  flags: readonly string[] = [],
  capture: CaptureOptions = {},
): Promise<Captured> =>
  runCaptured(
    [
      ...['certify', model, ...data, '--sigma', '.25', '--n', '200', '--workers', '1', '--quiet'],
      ...['--out', inFolder(out), ...flags],
    ],
    capture,
  );
const rowsOf = (name: string): string[] =>
  readFileSync(inFolder(name), 'latin1').split('\n').slice(1);

describe.each(Object.entries(models))('a model with %s, on its own bytes', (what, network) => {
  const name = what.replaceAll(' ', '-');
  const model = modelFile(network, `${name}.onnx`);

  it('is counted into a file that shards and resumed runs make byte by byte', async () => {
    const whole = await certify(model, `${name}.jsonl`);
    expect(whole).toMatchObject({ status: 0, stderr: '' });
    expect(whole.stdout).toMatch(/6 images, \d abstentions/);
    await certify(model, `${name}-1.jsonl`, ['--shard', '1/2', '--batch-size', '33']);
    await certify(model, `${name}-2.jsonl`, ['--shard', '2/2']);
    const shards = [1, 2].map((i) => inFolder(`${name}-${i}.jsonl`));
    await runCaptured(['merge', ...shards, '--out', inFolder(`${name}-merged.jsonl`)]);
    expect(rowsOf(`${name}-merged.jsonl`)).toEqual(rowsOf(`${name}.jsonl`));
    if (what === 'an op that is not known') {
      // Shrink without a bias changes nothing: the counts are those of the graph.
      await certify(graph, 'graph.jsonl');
      expect(rowsOf(`${name}.jsonl`)).toEqual(rowsOf('graph.jsonl'));
    }
  });

  it('is smoothed, and attacked by its scores', async () => {
    const predict = await runCaptured([
      'predict',
      model,
      ...data,
      '--sigma',
      '.25',
      '--n',
      '100',
      '--seed',
      '3',
      '--quiet',
      '--json',
    ]);
    expect(predict).toMatchObject({ status: 0, stderr: '' });
    expect((JSON.parse(predict.stdout) as { rows: unknown[] }).rows).toHaveLength(COUNT);
    const call = [
      'attack',
      model,
      ...data,
      '--norm',
      'linf',
      '--epsilon',
      '.45',
      '--quiet',
      '--out',
    ];
    const refused = await runCaptured([...call, inFolder('never.npz')]);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('use --attack square');
    expect(existsSync(inFolder('never.npz'))).toBe(false);
    const attacked = await runCaptured([...call, inFolder(`${name}.npz`), '--attack', 'square']);
    expect(attacked).toMatchObject({ status: 0, stderr: '' });
    expect(attacked.stdout).toMatch(/broken +6 of 6/);
    const verified = await runCaptured(['verify-attack', model, inFolder(`${name}.npz`)]);
    expect(verified.stdout).toContain('6 of 6 claimed rows hold');
  });
});

describe('an HTTP endpoint', () => {
  it('is counted as the network behind it, through failures and an interruption', async () => {
    await certify(graph, 'straight.jsonl');
    const flaky = await quarterEndpoint((request) =>
      request % 3 === 1 ? [503, 0, 429][request % 2] : undefined,
    );
    const secret = ['--secret-header', 'authorization=MODEL_TOKEN', '--batch-size', '50'];
    const env = { MODEL_TOKEN: 'Bearer hush' };
    const stop = new AbortController();
    const partial = inFolder('http.jsonl.partial');
    const watch = setInterval(() => {
      const lines = existsSync(partial) ? readFileSync(partial, 'latin1').split('\n').length : 0;
      if (lines > 4) stop.abort(interruption('SIGINT'));
    }, 5);
    const stopped = await certify(flaky.address, 'http.jsonl', secret, {
      env,
      signal: stop.signal,
    });
    clearInterval(watch);
    expect(stopped.status).toBe(130);
    const resumed = await certify(
      flaky.address,
      'http.jsonl',
      [...secret, '--resume', '--workers', '3'],
      { env },
    );
    expect(resumed).toMatchObject({ status: 0, stderr: '' });
    expect(rowsOf('http.jsonl')).toEqual(rowsOf('straight.jsonl'));
    expect(new Set(flaky.seen)).toEqual(new Set(['Bearer hush']));
    const written = readFileSync(inFolder('http.jsonl'), 'latin1');
    expect(written).not.toContain('hush');
    expect(resumed.stdout).not.toContain('hush');
  }, 60_000);

  it('is smoothed and attacked by its scores, and refuses what it cannot mean', async () => {
    const { address } = await quarterEndpoint();
    const predict = (flags: readonly string[]): Promise<Captured> =>
      runCaptured(['predict', address, '--sigma', '.25', '--n', '60', '--quiet', ...flags]);
    expect((await predict(data)).status).toBe(0);
    const unlabelled = await predict(['--data', `npz:${inFolder('bare.npz')}`]);
    expect(unlabelled).toMatchObject({ status: 0, stderr: '' });
    expect(unlabelled.stdout).toMatch(/\n0 +- +0 +/);
    const attacked = await runCaptured([
      ...[
        'attack',
        address,
        ...data,
        '--norm',
        'l2',
        '--epsilon',
        '.7',
        '--attack',
        'square',
        '--quiet',
      ],
      ...['--out', inFolder('http.npz')],
    ]);
    expect(attacked).toMatchObject({ status: 0, stderr: '' });
    for (const [flags, message] of [
      [['--mean', '.5'], 'put preprocessing behind it'],
      [['--secret-header', 'authorization=NOT_SET'], 'environment variable NOT_SET'],
      [['--secret-header', 'nonsense'], 'expected NAME=VARIABLE'],
    ] as const) {
      const refused = await predict([...data, ...flags]);
      expect(refused.status).toBe(2);
      expect(refused.stderr).toContain(message);
    }
    const file = await runCaptured([
      'predict',
      graph,
      ...data,
      '--sigma',
      '.25',
      '--secret-header',
      'a=B',
    ]);
    expect(file.stderr).toContain('expected MODEL to be an http or https address');
  });

  it('is attacked and counted by labels alone, to the bits of its scores', async () => {
    const [scored, labelled] = [
      await quarterEndpoint(),
      await quarterEndpoint(() => undefined, 'labels'),
    ];
    const call = (address: string, name: string, flags: readonly string[]): Promise<Captured> =>
      runCaptured([
        ...['attack', address, ...data, '--norm', 'linf', '--epsilon', '.45', '--quiet'],
        ...['--out', inFolder(name), ...flags],
      ]);
    for (const flags of [
      ['--attack', 'hopskipjump,rays', '--queries', '150'],
      ['--attack', 'hopskipjump', '--queries', '150', '--targets', 'next'],
    ]) {
      const byLabels = await call(labelled.address, 'labels.npz', ['--force', ...flags]);
      const byScores = await call(scored.address, 'scores.npz', ['--force', ...flags]);
      expect(byLabels).toMatchObject({ status: 0, stderr: '', stdout: byScores.stdout });
      expect(byLabels.stdout).toMatch(/hopskipjump: hopSkipJump\(150 queries/);
      // Of each image 150, and x and the returned row.
      expect(byLabels.stdout).toMatch(/hopskipjump +6 +6 +0 +0 +912\n/);
      expect(byLabels.stdout).not.toContain('warning');
      expect(readFileSync(inFolder('labels.npz'))).toEqual(readFileSync(inFolder('scores.npz')));
    }
    const counted = await certify(labelled.address, 'labels.jsonl');
    expect(counted).toMatchObject({ status: 0, stderr: '' });
    await certify(graph, 'scores.jsonl');
    expect(rowsOf('labels.jsonl')).toEqual(rowsOf('scores.jsonl'));
    const blind = await call(labelled.address, 'blind.npz', ['--attack', 'square']);
    expect(blind.stdout).toContain('warning labels-only');
    const nothing = await call(labelled.address, 'none.npz', ['--attack', 'pgd', '--queries', '9']);
    expect(nothing.status).toBe(2);
    expect(nothing.stderr).toContain('expected --queries with square, hopskipjump, rays');
  });
});
