import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  audit,
  explain,
  explainableModel,
  explanationHtml,
  explanationJson,
  explanationLines,
  explanationTsv,
  inProcessCounting,
  reportHtml,
  reportJson,
  rowsTsv,
  storyLines,
  type Exhibit,
  type ExplainOutcome,
  type Report,
} from '../../src/index.js';
import { barFigure, regionFile } from '../../src/figures/index.js';
import { problemsOf } from '../pages.js';
import { engine, tinyAudit } from '../tiny.js';

const nasty = [
  '"><script>alert(1)</script>',
  "' onload='x",
  ']]> <!-- & &amp; --> <![CDATA[',
  '| a | b |',
  '::error::owned\n::set-env name=A::B',
  '\u0000\u0001\u0007\u001b[31mred\u001b]8;;https://evil.example\u0007\u007f\u009b2J',
  '\u202egnp.exe\u2028',
  '\ud800 lone \udfff \ufffe\uffff',
  'tab\tnew\r\nline\\',
  '</title></svg><svg onload=x>',
];
const names = fc.oneof(
  fc.constantFrom(...nasty),
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...nasty), { maxLength: 3 }).map((parts) => parts.join('')),
);

const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
/** What XML 1.0 does not allow, escaped or not. */
const notXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** A copy in which every text under these keys is `name`. */
function renamed<T>(value: T, keys: ReadonlySet<string>, name: string): T {
  const walk = (inside: unknown, key: string): unknown => {
    if (typeof inside === 'string') return keys.has(key) ? name : inside;
    if (Array.isArray(inside)) return inside.map((item) => walk(item, key));
    if (inside === null || typeof inside !== 'object') return inside;
    if (ArrayBuffer.isView(inside) || inside instanceof Map) return inside;
    return Object.fromEntries(Object.entries(inside).map(([k, v]) => [k, walk(v, k)]));
  };
  return walk(value, '') as T;
}

/** Tags of a document, with what is between and in their attributes taken out. */
const skeleton = (markup: string): string =>
  markup
    .replace(/="[^"<>]*"/g, '=""')
    .replace(/>[^<>]*</g, '><')
    // Names may be cut at other places; how many lines a label takes is not structure.
    .replace(/\s+/g, ' ');

const tableOf = (text: string): number[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t').length);

let report: Report;
let exhibits: readonly Exhibit[];
let outcome: ExplainOutcome;

beforeAll(async () => {
  const { models, data, settings } = await tinyAudit({ epsilon: 1.5 });
  const shown: Exhibit[] = [];
  report = await audit(models, data, settings, {
    engine,
    counting: inProcessCounting(engine),
    version: '0',
    onExhibit: (exhibit) => shown.push(exhibit),
  });
  exhibits = shown;
  const { preprocessing, seed, batchSize } = settings;
  const ready = await explainableModel(
    (models[0] as (typeof models)[0]).model,
    data,
    preprocessing,
    engine,
    { allowInaccurate: true },
  );
  outcome = await explain(
    ready,
    data,
    {
      ...{ norm: 'l2', epsilon: 1.5, attacks: ['pgd'], neighborhood: 'segment' },
      ...{ evidence: 'segment', proof: null, preprocessing, seed, batchSize },
    },
    undefined,
    { engine, precision: 'float32', version: '0', pictures: true },
  );
  expect(outcome.explanation.summary.failures).toBeGreaterThan(0);
  expect(outcome.exhibits.length).toBeGreaterThan(0);
});

describe('a report', () => {
  const named = (name: string): [Report, readonly Exhibit[]] => [
    renamed(report, new Set(['label', 'data', 'engine', 'version']), name),
    renamed(exhibits, new Set(['name', 'gate', 'node']), name),
  ];

  test('as a page: names bring no tag, handler, address or character that markup lacks', () => {
    const plain = skeleton(reportHtml(...named('plain')));
    fc.assert(
      fc.property(names, (name) => {
        const html = reportHtml(...named(name), { classNames: [name, name, name] });
        expect(problemsOf(html.replaceAll('https:', ''))).toEqual([]);
        expect(html).not.toMatch(notXml);
        expect(html.replaceAll('\n', '')).not.toMatch(controls);
        expect(skeleton(html).match(/<\w+/g)?.length).toBe(plain.match(/<\w+/g)?.length);
      }),
      { numRuns: 30 },
    );
  });

  test('as a story, a table and JSON: as many lines and cells as with plain names', () => {
    const [plain] = named('plain');
    fc.assert(
      fc.property(names, (name) => {
        const [bad] = named(name);
        const lines = storyLines(bad);
        for (const line of lines) expect(line).not.toMatch(controls);
        expect(tableOf(rowsTsv(bad))).toEqual(tableOf(rowsTsv(plain)));
        const back = JSON.parse(reportJson(bad)) as Report;
        expect(back.networks[0]?.label).toBe(name);
      }),
    );
  });
});

describe('an explanation', () => {
  const keys = new Set(['model', 'data', 'adversarial', 'unit', 'units', 'gate', 'id', 'engine']);
  const named = (name: string): ExplainOutcome => renamed(outcome, keys, name);

  test('as a page with ledgers and kinks', () => {
    const plain = named('plain');
    const tags = (html: string): number | undefined => skeleton(html).match(/<\w+/g)?.length;
    fc.assert(
      fc.property(names, (name) => {
        const bad = named(name);
        const html = explanationHtml(bad.explanation, bad.exhibits);
        expect(problemsOf(html.replaceAll('https:', ''))).toEqual([]);
        expect(html).not.toMatch(notXml);
        expect(html.replaceAll('\n', '')).not.toMatch(controls);
        expect(tags(html)).toBe(tags(explanationHtml(plain.explanation, plain.exhibits)));
      }),
      { numRuns: 30 },
    );
  });

  test('as lines, a table and JSON', () => {
    const plain = named('plain').explanation;
    fc.assert(
      fc.property(names, (name) => {
        const { explanation } = named(name);
        const lines = explanationLines(explanation);
        expect(lines).toHaveLength(explanationLines(plain).length);
        for (const line of lines) expect(line).not.toMatch(controls);
        expect(tableOf(explanationTsv(explanation))).toEqual(tableOf(explanationTsv(plain)));
        expect(JSON.parse(explanationJson(explanation))).toMatchObject({
          settings: { model: name },
        });
      }),
    );
  });
});

test('a picture of regions is a file of XML, whatever its images are called', () => {
  const square: [number, number][] = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ];
  const map = (name: string): Parameters<typeof regionFile>[0] =>
    ({
      plane: { points: square.slice(0, 3) },
      names: [name, name, name],
      window: square,
      frame: square,
      regions: [{ polygon: square }],
      reach: null,
      pieces: [{ label: 0, polygon: square }],
    }) as unknown as Parameters<typeof regionFile>[0];
  const plain = skeleton(regionFile(map('plain')));
  fc.assert(
    fc.property(names, (name) => {
      const svg = regionFile(map(name));
      expect(skeleton(svg)).toBe(plain);
      expect(svg).not.toMatch(notXml);
      expect(svg.replace(/&#\d+;/g, '')).not.toContain('&');
    }),
  );
  // The planted fault: a name that was not escaped is seen.
  expect(skeleton(regionFile(map('plain')).replace('plain', '<b>'))).not.toBe(plain);
});

test('bars of any names', () => {
  fc.assert(
    fc.property(names, (name) => {
      const svg = barFigure({
        ...{ title: name, description: name, most: 1, unit: name },
        bars: [{ label: name, parts: [{ name, tone: 'fixed', value: 1, text: name }] }],
      });
      expect(svg).not.toMatch(notXml);
      expect(svg.match(/<\w+/g)?.some((tag) => ['<script', '<b', '<img'].includes(tag))).toBe(
        false,
      );
    }),
  );
});
