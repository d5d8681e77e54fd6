import { expect, test } from 'vitest';
import { onGpu, watchDevice } from './device-errors.js';
import type { TfjsCore } from './op.js';

type Scope = { readonly filter: string; message?: string };

/** A device that keeps its error scopes as the standard says: an error goes to the innermost scope of its kind. */
function pretend(backend: string) {
  const scopes: Scope[] = [];
  const device = {
    pushErrorScope: (filter: string) => void scopes.push({ filter }),
    popErrorScope() {
      const { message } = scopes.pop() as Scope;
      return Promise.resolve(message === undefined ? null : { message });
    },
  };
  const report = (filter: string, message: string): void => {
    const scope = scopes.findLast((each) => each.filter === filter);
    if (scope !== undefined) scope.message ??= message;
  };
  const tf = { getBackend: () => backend, backend: () => ({ device }) } as unknown as TfjsCore;
  return { tf, scopes, report };
}

test.each(['out-of-memory', 'validation'])('an error of kind %s is told', async (kind) => {
  const { tf, scopes, report } = pretend('webgpu');
  const { value, problem } = watchDevice(tf, () => {
    report(kind, 'vkAllocateMemory failed');
    return 7;
  });
  expect([value, await problem]).toEqual([7, 'vkAllocateMemory failed']);
  expect(scopes).toEqual([]);
});

test('without errors, and on backends that have no device, nothing is told', async () => {
  const { tf, scopes } = pretend('webgpu');
  expect(await watchDevice(tf, () => 7).problem).toBeUndefined();
  expect(await watchDevice(pretend('cpu').tf, () => 7).problem).toBeUndefined();
  expect(scopes).toEqual([]);
});

test('work that throws leaves no scope behind', () => {
  const { tf, scopes } = pretend('webgpu');
  const fail = (): never => {
    throw new Error('no kernel');
  };
  expect(() => watchDevice(tf, fail)).toThrow('no kernel');
  expect(scopes).toEqual([]);
});

test.each([
  ['cpu', false],
  ['wasm', false],
  ['tensorflow', false],
  ['webgl', true],
  ['webgpu', true],
])('backend %s is on a GPU: %s', (backend, expected) => {
  expect(onGpu(pretend(backend).tf)).toBe(expected);
});
