import { expect, test } from 'vitest';
import { parseUnitId, unitId } from './unit.js';

test('a unit of an image is channel, row, column', () => {
  expect(unitId({ gate: 'relu_1', index: 3 * 64 + 5 * 8 + 7 }, [4, 8, 8])).toBe('relu_1:3,5,7');
  expect(unitId({ gate: 'relu_2', index: 99 }, [100])).toBe('relu_2:99');
  expect(unitId({ gate: 'relu', index: 0 }, [])).toBe('relu:0');
});

test('a gate name may hold a colon', () => {
  expect(parseUnitId('block:1/relu:2', [3])).toEqual({ gate: 'block:1/relu', index: 2 });
});

test.each([
  'relu',
  'relu:',
  ':1',
  'relu:3',
  'relu:-1',
  'relu:1,1',
  'relu: 1',
  'relu:0x1',
  'relu:01',
])('"%s" is not a unit of a gate with three units', (id) => {
  expect(() => parseUnitId(id, [3])).toThrow('parseUnitId: expected node:position');
});

test('positions are not filled in', () => {
  expect(() => parseUnitId('relu:1,,2', [2, 2, 3])).toThrow('parseUnitId');
});

test.each([-1, 3, 0.5])('index %d of three units is refused', (index) => {
  expect(() => unitId({ gate: 'relu', index }, [3])).toThrow('unitId: expected an index in [0, 3)');
});
