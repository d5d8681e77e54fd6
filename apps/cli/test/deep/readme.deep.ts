import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCaptured } from '../support/run-captured.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const inFolder = temporaryFolder();
const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8');
const printed = /What you see[^\n]*\n\n```text\n(.*?)```/s.exec(readme)?.[1] ?? '';

const number = /\d*\.?\d+(?:e[-+]\d+)?/g;
const wordsOf = (text: string): string[] =>
  text.split('\n').map((line) => line.replace(number, '#').replace(/\s+/g, ' '));
const numbersOf = (text: string): number[] =>
  text
    .split('\n')
    // What rounding leaves is another number on another processor.
    .filter((line) => !/largest logit difference|\|fixed \+ float - output\|/.test(line))
    .flatMap((line) => (line.match(number) ?? []).map(Number));

/** Numbers that are not the same; counts move by one or two where a processor rounds otherwise and labels are nearly tied. */
function differing(a: string, b: string): readonly (readonly [number, number])[] {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  return left.flatMap((value, i) =>
    value === right[i] ? [] : [[value, right[i] ?? NaN] as const],
  );
}
/** A twentieth of all that is printed. */
const most = numbersOf(printed).length / 20;

test('what the README prints for npm start is what the program prints', async () => {
  const { status, stdout } = await runCaptured([
    'audit',
    '--quiet',
    '--workers',
    '1',
    '--out',
    inFolder('report'),
  ]);
  expect(status).toBe(0);
  const said = stdout.replace(inFolder('report'), 'floatpath-report');
  expect(wordsOf(said)).toEqual(wordsOf(printed));
  expect(differing(said, printed).length).toBeLessThanOrEqual(most);
});

test('planted fault: another word, or columns that change places, are seen', () => {
  expect(wordsOf(printed.replace('not significant', 'significant'))).not.toEqual(wordsOf(printed));
  const lines = printed.split('\n');
  const swapped = lines.map((line) => line.replace(/\.(\d\d)(\s+)\.(\d\d)/, '.$3$2.$1')).join('\n');
  expect(differing(swapped, printed).length).toBeGreaterThan(most);
});
