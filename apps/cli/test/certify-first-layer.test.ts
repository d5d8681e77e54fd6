import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { float32Tensor, type Network } from '@floatpath/core';
import { createGraphBuilder } from '@floatpath/engine';
import { writeOnnx } from '@floatpath/model-io';
import { writeFileSync } from 'node:fs';
import { run } from '../src/program.js';

const quiet = { write: () => true };
let folder = '';

/** A dense network on MNIST images, of weights without pattern. */
function mlp(): Network {
  const graph = createGraphBuilder();
  const x = graph.input({ name: 'x', dtype: 'float32', shape: ['batch', 1, 28, 28] });
  const weights = (shape: readonly number[], salt: number): string =>
    graph.constant(
      float32Tensor(
        shape,
        Array.from(
          { length: shape.reduce((a, b) => a * b, 1) },
          (_, i) => Math.sin(7 * i + salt) / 9,
        ),
      ),
    );
  const flat = graph.add('Flatten', [x], { axis: 1 });
  const hidden = graph.add('Relu', [graph.add('Gemm', [flat, weights([784, 20], 1)])]);
  const name = graph.add('Gemm', [hidden, weights([20, 10], 2)]);
  return graph.build('mlp', [{ name, dtype: 'float32', shape: ['batch', 10] }]);
}

async function certify(...args: readonly string[]): Promise<{ code: number; said: string }> {
  let said = '';
  const stderr = { write: (text: string) => ((said += text), true) };
  const fixed = ['certify', join(folder, 'mlp.onnx'), '--data', 'mnist:test', '--limit', '3'];
  const rest = ['--sigma', '0.5', '--n', '300', '--workers', '1', '--allow-inaccurate', '--quiet'];
  const code = await run([...fixed, ...rest, ...args], {
    stdout: quiet,
    stderr,
    env: {},
    signal: new AbortController().signal,
    clock: () => 0,
  });
  return { code, said };
}

const linesOf = (name: string): string[] =>
  readFileSync(join(folder, name), 'utf8').trim().split('\n');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'floatpath-first-layer-'));
  writeFileSync(join(folder, 'mlp.onnx'), writeOnnx(mlp()));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a first layer in fixed point counts on the same draws and says what it is', async () => {
  const shared = ['--noise-sharing', 'shared'];
  expect(await certify(...shared, '--out', join(folder, 'plain.jsonl'))).toEqual({
    code: 0,
    said: '',
  });
  const how = [...shared, '--first-layer', 'fixed-point'];
  expect(await certify(...how, '--out', join(folder, 'fixed.jsonl'))).toEqual({
    code: 0,
    said: '',
  });
  const [plain = '', ...counts] = linesOf('plain.jsonl');
  const [fixed = '', ...fixedCounts] = linesOf('fixed.jsonl');
  expect(plain).toContain('"method":"plain"');
  expect(fixed).toContain('"method":"plain, first layer in fixed point"');
  // No draw of these has two logits within rounding of each other.
  expect(fixedCounts).toEqual(counts);
});

test.each([
  [['--noise-sharing', 'per-image'], '--noise-sharing shared with it'],
  [['--noise-sharing', 'shared', '--noise', 'gaussian'], 'integer-gaussian noise with it'],
])('%j is refused with it', async (flags, words) => {
  const { code, said } = await certify('--first-layer', 'fixed-point', ...flags);
  expect(code).toBe(2);
  expect(said).toContain(words);
});
