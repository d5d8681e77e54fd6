import { expect, test } from 'vitest';
import { testArguments } from './test-arguments.mjs';

const root = new URL('../..', import.meta.url).pathname;

test('a package is named by its folder or its npm name', () => {
  expect(testArguments(['--package', 'smoothing', '-t', 'radius'], root)).toEqual([
    'packages/smoothing/',
    '-t',
    'radius',
  ]);
  expect(testArguments(['--package=@floatpath/core', '--package', 'cli'], root)).toEqual([
    'packages/core/',
    'apps/cli/',
  ]);
});

test('an unknown package is refused with the known ones', () => {
  expect(() => testArguments(['--package', 'smothing'], root)).toThrow(
    /expected one of .*smoothing.*, got smothing/,
  );
  expect(() => testArguments(['--package'], root)).toThrow(/got nothing/);
});
