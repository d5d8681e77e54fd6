import { expect, test } from 'vitest';
import { dropPValue } from './drop-test.js';
import { outcomeSentence } from './verdict-words.js';

test.each([
  // SciPy: binom.sf(lost - 1, lost + gained, .5).
  [20, 7, 'p .00958'],
  [13, 3, 'p .0106'],
  [28, 0, 'p 3.7e-9'],
  [3, 3, 'p .656'],
  [0, 0, 'p 1.000'],
])('%i lost and %i gained: %s, on the side of .01 where it is', (lost, gained, words) => {
  const pValue = dropPValue(lost, gained);
  const sentence = outcomeSentence({
    ...{ kind: 'baseline', rule: 'clean >= baseline', network: 'a', label: 'a', passed: true },
    ...{ right: 60, images: 100, before: 60, lost, gained, pValue, adjustedPValue: pValue },
    smallestDrop: null,
  });
  expect(sentence).toContain(`(${lost} lost, ${gained} gained, ${words})`);
});
