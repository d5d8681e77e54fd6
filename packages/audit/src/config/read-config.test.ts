import { expect, test } from 'vitest';
import { readConfig } from './read-config.js';

test('a configuration is read', () => {
  const config = {
    $schema: 'x',
    audit: { models: ['a.onnx'], epsilon: '8/255', sigma: 0.25, limit: 500 },
    gate: { rules: ['clean >= baseline'], format: ['junit'] },
  };
  expect(readConfig(JSON.stringify(config))).toEqual(config);
  expect(readConfig('{}')).toEqual({});
});

test.each([
  ['{', 'malformed-file', /^expected JSON, got a fault \(/],
  ['[]', 'invalid-argument', /^the whole: expected object, received array$/],
  ['{"audit":{"sgima":1}}', 'invalid-argument', /^audit\.sgima: .*; did you mean sigma\?$/],
  ['{"audti":{}}', 'invalid-argument', /^audti: .*; did you mean audit\?$/],
  ['{"gate":{"colour":1}}', 'invalid-argument', /^gate\.colour: .*; the keys here are rules, /],
  ['{"audit":{"limit":"many"}}', 'invalid-argument', /^audit\.limit: expected number/],
  ['{"audit":{"norm":"l1"}}', 'invalid-argument', /^audit\.norm: expected one of "linf"\|"l2"$/],
  ['{"gate":{"rules":[1]}}', 'invalid-argument', /^gate\.rules\[0\]: expected string/],
])('%s is refused, with the key', (text, code, told) => {
  expect(() => readConfig(text)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(told) as string }),
  );
});
