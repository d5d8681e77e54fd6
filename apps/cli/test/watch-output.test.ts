import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { watchOutput } from '../src/watch-output.js';

function streams() {
  const written: string[] = [];
  const stream = (): EventEmitter & { write(text: string): void } =>
    Object.assign(new EventEmitter(), { write: (text: string) => void written.push(text) });
  const both = { stdout: stream(), stderr: stream() };
  let calls = 0;
  const state = watchOutput(both, () => (calls += 1));
  return { ...both, written, state, calls: () => calls };
}

const failure = (code: string): Error => Object.assign(new Error(code), { code });

it('a reader that closes its end early is no failure', () => {
  const { stdout, state, written, calls } = streams();
  stdout.emit('error', failure('EPIPE'));
  expect({ lost: state.lost, calls: calls(), written }).toEqual({
    ...{ lost: false, calls: 0, written: [] },
  });
});

it('a full disk is told once, in one line', () => {
  const { stdout, state, written, calls } = streams();
  stdout.emit('error', failure('ENOSPC'));
  stdout.emit('error', failure('ENOSPC'));
  expect({ lost: state.lost, calls: calls() }).toEqual({ lost: true, calls: 1 });
  expect(written).toEqual(['floatpath: expected to write to standard output, got ENOSPC\n']);
});

it('nothing is written to a standard error that fails', () => {
  const { stderr, state, written } = streams();
  stderr.emit('error', failure('ENOSPC'));
  expect({ lost: state.lost, written }).toEqual({ lost: true, written: [] });
});
