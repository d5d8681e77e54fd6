import { expect, test } from 'vitest';
import { firstRight, madeReport } from '../test/gate-report.js';
import { readReport } from './read-report.js';
import { reportJson } from './report-json.js';

const report = madeReport([firstRight(1, 2)]);
const text = reportJson(report);

test('a report is read back', () => {
  expect(readReport(text)).toEqual(report);
});

test.each([
  ['', 'malformed-file', 'text that is no JSON'],
  ['[]', 'malformed-file', 'a document with a fault'],
  ['null', 'malformed-file', 'a document with a fault'],
  [text.slice(0, -20), 'malformed-file', 'text that is no JSON'],
  [text.replace('report@1', 'report@0'), 'schema-version', 'floatpath/report@0; audit again'],
  [text.replace('report@1', 'counts@1'), 'malformed-file', 'at schema'],
  [text.replace('"label":1', '"label":-1'), 'malformed-file', 'at rows[0].label'],
])('%# what is no report is refused, with the place', (broken, code, told) => {
  expect(() => readReport(broken)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(told) as string }),
  );
});
