import { expect, test } from 'vitest';
import {
  boolTensor,
  float32Tensor,
  float64Tensor,
  int64Tensor,
  numbersOf,
  rowsOf,
  sizeOf,
} from './tensor.js';

test('a scalar has one element and an empty axis none', () => {
  expect(sizeOf([])).toBe(1);
  expect(sizeOf([3, 0, 2])).toBe(0);
  expect(float32Tensor([]).data.length).toBe(1);
  expect(float64Tensor([0, 4]).data.length).toBe(0);
});

test('typed arrays are kept, other data is copied', () => {
  const data = Float32Array.of(1, 2);
  expect(float32Tensor([2], data).data).toBe(data);
  expect(float32Tensor([2], [0.1, 2]).data).toEqual(Float32Array.of(0.1, 2));
  const numbers = Float64Array.of(1);
  expect(numbersOf(float64Tensor([1], numbers))).toBe(numbers);
});

test('data must fill the shape', () => {
  expect(() => float32Tensor([2, 2], [1, 2, 3])).toThrow(
    'tensor: expected 4 values for shape [2, 2], got 3',
  );
  expect(() => boolTensor([1], [])).toThrow('tensor: expected 1 values');
});

test.each([[[-1, -1]], [[1.5]], [[NaN]], [[-3]]])('shape %o is refused', (shape) => {
  expect(() => float32Tensor(shape, [1])).toThrow('tensor: expected extents');
  expect(() => float64Tensor(shape)).toThrow('tensor: expected extents');
});

test('numbers of every dtype', () => {
  expect([...numbersOf(int64Tensor([2], [-1, 2n]))]).toEqual([-1, 2]);
  expect([...numbersOf(boolTensor([2], [0, 1]))]).toEqual([0, 1]);
  expect([...numbersOf(float32Tensor([1], [0.1]))]).toEqual([Math.fround(0.1)]);
});

test('int64 takes integers only', () => {
  expect(() => int64Tensor([1], [0.5])).toThrow('int64Tensor: expected integers, got 0.5');
});

test('rows share memory with their tensor', () => {
  const x = float32Tensor([3, 2], [0, 1, 2, 3, 4, 5]);
  const rows = rowsOf(x, 1, 3);
  expect(rows).toEqual(float32Tensor([2, 2], [2, 3, 4, 5]));
  rows.data[0] = 9;
  expect(x.data[2]).toBe(9);
  expect(rowsOf(x, 3, 3).shape).toEqual([0, 2]);
  expect(() => rowsOf(x, 1, 4)).toThrow('rowsOf: expected 0 <= start <= end <= 3, got [1, 4)');
});
