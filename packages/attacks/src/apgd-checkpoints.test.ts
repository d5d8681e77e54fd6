import { expect, it } from 'vitest';
import { apgdCheckpoints } from './apgd-checkpoints.js';

it('looks back after the iterations that the paper names', () => {
  // The authors' list for their default of 100 iterations.
  expect([...apgdCheckpoints(100)]).toEqual([22, 41, 57, 70, 80, 87, 93, 99]);
  expect([...apgdCheckpoints(10)]).toEqual([3, 5, 6, 7, 8, 9, 10]);
  expect([...apgdCheckpoints(1)]).toEqual([1]);
});
