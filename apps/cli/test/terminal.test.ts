import { describe, expect, it } from 'vitest';
import type { Io } from '../src/io.js';
import { createProgressLines, duration, printable, style } from '../src/terminal.js';
import { createStageClock } from '../src/stage-clock.js';

function fakeIo(isTTY: boolean, env: Io['env'] = {}) {
  const state = { text: '', seconds: 0 };
  const io: Io = {
    stdout: { write: () => undefined },
    stderr: { write: (text) => void (state.text += text), isTTY, columns: 60 },
    env,
    signal: new AbortController().signal,
    clock: () => state.seconds * 1000,
  };
  return { io, state };
}

describe('progress', () => {
  it('is one rewritten line per stage on a terminal, with the time left', () => {
    const { io, state } = fakeIo(true, { NO_COLOR: '1' });
    const lines = createProgressLines(io, false);
    for (const done of [1, 2, 4]) {
      state.seconds += 5;
      lines.show({ stage: 'attack', done, total: 4 });
    }
    state.seconds += 70;
    lines.show({ stage: 'certify', done: 1, total: 2 });
    lines.end();
    const clear = '\r\u001b[K';
    expect(state.text).toBe(
      [
        `${clear}  attack: 25 %, about 15 s left`,
        `${clear}  attack: 50 %, about 10 s left`,
        `${clear}  attack: done in 15 s\n`,
        `${clear}  certify: 50 %, about 1 min 10 s left\n`,
      ].join(''),
    );
  });

  it('is plain lines elsewhere: at the end of a stage and after ten silent seconds', () => {
    const { io, state } = fakeIo(false);
    const lines = createProgressLines(io, false);
    for (let done = 1; done <= 8; done += 1) {
      state.seconds += 4;
      lines.show({ stage: 'attack', done, total: 8 });
    }
    expect(state.text).toBe(
      '  attack: 37 %, about 20 s left\n  attack: 75 %, about 8 s left\n  attack: done in 32 s\n',
    );
  });

  it('is nothing when quiet', () => {
    const { io, state } = fakeIo(true);
    const lines = createProgressLines(io, true);
    lines.show({ stage: 'attack', done: 1, total: 1 });
    lines.end();
    expect(state.text).toBe('');
  });
});

it('colors only where a person looks and has not said no', () => {
  expect(style('red', 'x', fakeIo(true).io)).toBe('\u001b[31mx\u001b[39m');
  expect(style('red', 'x', fakeIo(true, { NO_COLOR: '1' }).io)).toBe('x');
  expect(style('red', 'x', fakeIo(false).io)).toBe('x');
});

it('names from files cannot steer the terminal or break the line', () => {
  expect(printable('node "\u001b[2J\u202e"\n  second line\n')).toBe(
    'node "\ufffd[2J\ufffd" second line',
  );
});

it('durations are short', () => {
  expect([0.2, 12.4, 185].map(duration)).toEqual(['1 s', '12 s', '3 min 5 s']);
});

it('the stage clock gives each stage the time that led to its progress', () => {
  let seconds = 0;
  const clock = createStageClock(() => seconds * 1000);
  for (const [stage, took] of [
    ['a', 2],
    ['b', 3],
    ['a', 1.5],
  ] as const) {
    seconds += took;
    clock.tick({ stage, done: 1, total: 1 });
  }
  seconds += 1;
  expect(clock.seconds()).toEqual({ total: 7.5, stages: { a: 3.5, b: 3 } });
});
