import { expect, test } from 'vitest';
import { argmaxRows, oneHotLogits } from './classifier.js';
import { float32Tensor } from './tensor.js';

test.each([
  { row: [1, 3, 2], label: 1 },
  { row: [2, 2, 2], label: 0 },
  { row: [-0, 0], label: 0 },
  { row: [0, 5, 5], label: 1 },
  { row: [NaN, 1, 2], label: 2 },
  { row: [NaN, -Infinity], label: 1 },
  { row: [1, NaN, 0], label: 0 },
  { row: [NaN, NaN], label: 0 },
  { row: [-Infinity, -Infinity], label: 0 },
  { row: [0, Infinity, Infinity], label: 1 },
  { row: [7], label: 0 },
])('argmax of $row is $label', ({ row, label }) => {
  expect([...argmaxRows(float32Tensor([1, row.length], row))]).toEqual([label]);
});

test('rows are labelled on their own', () => {
  expect([...argmaxRows(float32Tensor([2, 3], [0, 1, 0, 3, 2, 1]))]).toEqual([1, 0]);
  expect(argmaxRows(float32Tensor([0, 3])).length).toBe(0);
});

test('logits are rows of at least one class', () => {
  expect(() => argmaxRows(float32Tensor([4]))).toThrow('argmaxRows: expected logits');
  expect(() => argmaxRows(float32Tensor([4, 0]))).toThrow('argmaxRows: expected logits');
});

test('logits of labels alone have these labels', () => {
  const logits = oneHotLogits([2, 0, 1], 3);
  expect(logits).toEqual(float32Tensor([3, 3], [0, 0, 1, 1, 0, 0, 0, 1, 0]));
  expect([...argmaxRows(logits)]).toEqual([2, 0, 1]);
  for (const label of [3, -1, 0.5, NaN]) {
    expect(() => oneHotLogits([0, label], 3)).toThrow(`in [0, 3), got ${label} at row 1`);
  }
});
