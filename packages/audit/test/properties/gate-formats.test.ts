import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  gate,
  parseRule,
  verdictAnnotations,
  verdictJunit,
  verdictLines,
  verdictMarkdown,
  verdictSarif,
  type Verdict,
} from '../../src/index.js';
import { firstRight, madeReport } from '../gate-report.js';

/** A failed and a passed rule, of a model and data set of these names. */
function verdictOf(model: string, data: string): Verdict {
  const report = madeReport([firstRight(3, 4)], { data }, [model]);
  const rules = ['clean >= .9', 'clean >= .5', 'clean >= baseline'].map(parseRule);
  const baseline = { ...report, settings: { ...report.settings, engine: 'made 2' } };
  return gate(report, rules, { version: '0', baseline });
}

const nasty = [
  '"><script>alert(1)</script>',
  "' onload='x",
  ']]> <!-- & &amp; -->',
  '| a | b |\n| --- | --- |',
  '`x` *y* _z_ ~~w~~ [link](https://evil.example) ![i](x) @octocat #1 <b>',
  'https://evil.example www.evil.example',
  '::error::owned\n::set-env name=A::B',
  '%0A::error::owned',
  'a,b:c=d',
  '{0} {{1}} [x](1) \\',
  '\u0000\u0001\u0007\u001b[31mred\u007f',
  '\u202egnp.exe',
  '\ud800 lone \udfff',
  '\ufffe\uffff',
];
const names = fc.oneof(
  fc.constantFrom(...nasty),
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...nasty), { maxLength: 3 }).map((parts) => parts.join('')),
);

const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

test('text: as many lines as rules and notes, no control character', () => {
  fc.assert(
    fc.property(names, names, (model, data) => {
      const lines = verdictLines(verdictOf(model, data));
      expect(lines).toHaveLength(1 + 3 + 1);
      expect(lines.join('\n')).not.toMatch(controls);
      expect(lines.every((line) => !line.includes('\n'))).toBe(true);
    }),
  );
});

test('JUnit: names change no tag, no attribute and no character that XML lacks', () => {
  /** The document with attribute values and text taken out: the same whatever the names are. */
  const skeleton = (xml: string): string =>
    xml.replace(/="[^"<>]*"/g, '=""').replace(/>[^<>]*</g, '><');
  const plain = skeleton(verdictJunit(verdictOf('model', 'data')));
  fc.assert(
    fc.property(names, names, (model, data) => {
      const xml = verdictJunit(verdictOf(model, data));
      expect(skeleton(xml)).toBe(plain);
      expect(xml).not.toMatch(/[^\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
      expect(xml.replace(/&#\d+;/g, '')).not.toContain('&');
    }),
  );
});

test('SARIF: one document whose messages hold neither links nor placeholders', () => {
  fc.assert(
    fc.property(names, names, (model, data) => {
      const log = JSON.parse(verdictSarif(verdictOf(model, data), `a folder/${model}.json`)) as {
        runs: [
          {
            results: {
              message: { text: string };
              locations: [{ physicalLocation: { artifactLocation: { uri: string } } }];
            }[];
          },
        ];
      };
      const { results } = log.runs[0];
      expect(results).toHaveLength(3);
      for (const { message, locations } of results) {
        expect(message.text.replace(/\\[\\[\]]|\{\{|\}\}/g, '')).not.toMatch(/[\\[\]{}]/);
        expect(message.text).not.toMatch(controls);
        expect(locations[0].physicalLocation.artifactLocation.uri).toMatch(
          /^a%20folder\/[\w.!~*'()%/-]*\.json$/,
        );
      }
    }),
  );
});

test('Markdown: as many lines and cells as rules, and no markup from names', () => {
  const cells = (line: string): number => line.split('|').length;
  fc.assert(
    fc.property(names, names, (model, data) => {
      const lines = verdictMarkdown(verdictOf(model, data)).split('\n');
      const table = lines.filter((line) => line.startsWith('|'));
      expect(table.map(cells)).toEqual([6, 6, 6, 6, 6]);
      for (const line of [...table.slice(2), ...lines.filter((l) => l.startsWith('Images'))]) {
        const insides = [...line.matchAll(/<code>(.*?)<\/code>/g)].map((match) => match[1] ?? '');
        expect(insides.length).toBeGreaterThan(0);
        for (const inside of insides) {
          expect(inside.replace(/&#\d+;/g, '')).not.toMatch(/[!-/:-@[-`{-~]/);
        }
      }
    }),
  );
});

test('annotations: one line per failed rule and note, whatever a name brings along', () => {
  fc.assert(
    fc.property(names, names, (model, data) => {
      const lines = verdictAnnotations(verdictOf(model, data));
      expect(lines).toHaveLength(2);
      expect(lines.join('')).not.toMatch(/[\r\n]/);
      expect(lines[0]).toMatch(/^::error title=floatpath gate%3A clean >= \.9::/);
      expect(lines[0]?.replace(/%25|%3A|%2C/g, '')).not.toContain('%');
    }),
  );
});

test('planted fault: a name that is not escaped breaks what the tests look at', () => {
  const [script = ''] = nasty;
  const xml = verdictJunit(verdictOf('NAME', 'data')).replaceAll('NAME', script);
  expect(xml).toContain('<script>');
  expect(verdictJunit(verdictOf(script, 'data'))).not.toContain('<script>');
  expect(verdictMarkdown(verdictOf(script, 'data'))).not.toContain('<script>');
  expect(verdictJunit(verdictOf(script, 'data'))).toContain(
    'classname="&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;"',
  );
});

test('what each format says', () => {
  const verdict = verdictOf('net', 'images 0-3');
  expect(verdictLines(verdict)).toEqual([
    'gate failed: 1 of 3 rules did not hold (images 0-3)',
    '  FAIL  clean >= .9        3 of 4 images, 4 needed',
    '  ok    clean >= .5        3 of 4 images, 2 needed',
    '  ok    clean >= baseline  3 of 4 images, 3 in the baseline (0 lost, 0 gained, p 1.000); no drop could have been seen on so few images',
    '  note  the baseline was made with made 2, this report with made 1: images whose two best labels are nearly tied may differ for that reason alone',
  ]);
  expect(verdictMarkdown(verdict)).toContain(
    '| **failed** | <code>net</code> | <code>clean &#62;&#61; &#46;9</code> | 3 of 4 images, 4 needed |',
  );
  expect(verdictJunit(verdict)).toContain('tests="3" failures="1" errors="0"');
});
