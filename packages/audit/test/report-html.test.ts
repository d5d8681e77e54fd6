import { beforeAll, describe, expect, test } from 'vitest';
import {
  audit,
  inProcessCounting,
  reportHtml,
  storyLines,
  type AuditSettings,
  type Exhibit,
  type Report,
} from '../src/index.js';
import { problemsOf, unescapeText } from './pages.js';
import { engine, tinyAudit } from './tiny.js';

interface Audited {
  readonly report: Report;
  readonly exhibits: readonly Exhibit[];
}

async function run(
  overrides: Partial<AuditSettings> = {},
  labels: readonly string[] = ['first', 'second'],
): Promise<Audited> {
  const { models, data, settings } = await tinyAudit({ epsilon: 1.5, ...overrides }, labels);
  const exhibits: Exhibit[] = [];
  const report = await audit(models, data, settings, {
    engine,
    counting: inProcessCounting(engine),
    version: '0',
    onExhibit: (exhibit) => exhibits.push(exhibit),
  });
  return { report, exhibits };
}

const hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>\'`&\u202e';
let two: Audited;
let page: string;

beforeAll(async () => {
  two = await run();
  page = reportHtml(two.report, two.exhibits);
});

const figuresOf = (html: string): string[] =>
  [...html.matchAll(/<figure[^>]*><figcaption>.*?<\/figure>/gs)].map(([figure]) => figure);

describe('the page', () => {
  test('tells the story under its own headings', () => {
    const headings = storyLines(two.report)
      .map((line) => /^(?:[1-4] [A-Z ,]+[A-Z]|IN SHORT)/.exec(line)?.[0])
      .filter((heading) => heading !== undefined);
    expect(headings).toHaveLength(5);
    const found = [...page.matchAll(/<h2[^>]*>([^<]*)</g)].map(([, text = '']) =>
      unescapeText(text),
    );
    for (const heading of headings) expect(found).toContain(heading);
  });

  test('loads nothing: a policy before everything else, and no address outside', () => {
    expect(page).toMatch(
      /^<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:; /,
    );
    expect(problemsOf(page)).toEqual([]);
    expect(page).not.toMatch(/url\(|@import|<script|<link|<iframe/);
  });

  test('is well-formed: every start tag has its end', () => {
    const open: string[] = [];
    for (const [, end, tag = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
      if (tag === 'meta' || tag === 'img') continue;
      if (end === '') open.push(tag);
      else expect(open.pop()).toBe(tag);
    }
    expect(open).toEqual([]);
  });

  test('has a table under every figure that is drawn', () => {
    const drawn = figuresOf(page).filter((figure) => figure.includes('<svg'));
    expect(drawn.length).toBeGreaterThan(10);
    for (const figure of drawn) {
      expect(figure).toMatch(/<details><summary>.*<table>/s);
      expect(figure).toMatch(/<svg [^>]*role="img" aria-label="[^"]+"/);
    }
  });

  test('is the same bytes twice, whatever the batch size', async () => {
    expect(reportHtml(two.report, two.exhibits)).toBe(page);
    const other = await run({ batchSize: 250 });
    expect(reportHtml(other.report, other.exhibits)).toBe(page);
  });

  test('never shows a conditional number without saying so', () => {
    const [certified = '', conditional = ''] = page.split('Without a certificate');
    expect(certified).not.toContain('center anchor');
    expect(conditional).toContain('CONDITIONAL, no certificate');
    for (const figure of figuresOf(page)) {
      const center = figure.includes('center anchor');
      expect(figure.includes('line-conditional')).toBe(center);
      if (center) expect(figure).toContain('CONDITIONAL, no certificate');
      if (center) expect(figure).not.toContain('plain smoothing');
    }
  });
});

describe('names', () => {
  test('do no harm, wherever they come from', async () => {
    const { report, exhibits } = await run({}, [hostile]);
    const bad: Report = {
      ...report,
      tool: { ...report.tool, version: hostile },
      settings: { ...report.settings, data: hostile, engine: hostile, attack: hostile },
    };
    const renamed = exhibits.map((exhibit) => ({
      ...exhibit,
      gates: exhibit.gates.map((gate) => ({ ...gate, name: hostile })),
    }));
    expect(renamed.length).toBeGreaterThan(0);
    const html = reportHtml(bad, renamed, { classNames: [hostile, hostile, hostile] });
    expect(problemsOf(html)).toEqual([]);
    expect(html).not.toContain('\u202e');
    expect(unescapeText(html)).toContain('<script>alert(1)</script>');
    // Planted faults: the same check sees a name that was not escaped.
    expect(problemsOf(html.replace('</h1>', `${hostile}</h1>`))).not.toEqual([]);
    expect(problemsOf(page.replace('<main>', '<main onclick="x">'))).not.toEqual([]);
    expect(problemsOf(page.replace('</main>', 'https://example.org</main>'))).not.toEqual([]);
  });
});

describe('reports of every kind', () => {
  const sound = (html: string): void => {
    expect(problemsOf(html)).toEqual([]);
    expect(html).not.toMatch(/NaN|undefined|Infinity|\[object/);
  };

  test('one network, three networks', async () => {
    sound(page);
    for (const labels of [['one'], ['one', 'two', 'three']]) {
      const { report, exhibits } = await run({}, labels);
      const html = reportHtml(report, exhibits);
      sound(html);
      for (const label of labels) expect(html).toContain(label);
    }
  });

  test('no failures', async () => {
    const { report, exhibits } = await run({ epsilon: 1e-6 });
    expect(report.networks.map(({ failures }) => failures)).toEqual([0, 0]);
    const html = reportHtml(report, exhibits);
    sound(html);
    expect(html).toContain('The attack found no failure');
    expect(html).not.toContain('without pictures');
  });

  test('failures without pictures', () => {
    const html = reportHtml(two.report, []);
    sound(html);
    expect(html).not.toContain('<img');
    expect(html).toContain('without pictures');
    expect(page).not.toContain('without pictures');
  });

  test('not calibrated, and interrupted', () => {
    expect(page).toContain('not calibrated');
    expect(page).not.toContain('INCOMPLETE');
    const html = reportHtml({ ...two.report, complete: false }, []);
    sound(html);
    expect(html).toContain(
      `INCOMPLETE: the audit was interrupted. Only its ${two.report.rows.length}`,
    );
  });

  test('inputs that are no pictures', () => {
    const html = reportHtml(
      two.report,
      two.exhibits.map((exhibit) => ({ ...exhibit, shape: [36] })),
    );
    sound(html);
    expect(html).not.toContain('<img');
  });
});
