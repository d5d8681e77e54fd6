import { readFileSync } from 'node:fs';
import { crc32, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  barFigure,
  barTable,
  cellTable,
  curveFigure,
  curvePoints,
  curveTable,
  differenceFactor,
  differencePicture,
  encodePng,
  flowChartOf,
  flowFigure,
  flowTable,
  pictureOf,
  shrinkOf,
  type BarChart,
  type Picture,
} from '../src/figures/index.js';
import type { Exhibit } from '../src/index.js';
import { titlesOf } from './pages.js';

const name = fc.string({ minLength: 1, maxLength: 12 });

describe('bars', () => {
  const chart = fc.record({
    title: name,
    description: name,
    most: fc.integer({ min: 1, max: 50 }),
    unit: name,
    bars: fc.array(
      fc.record({
        label: name,
        parts: fc.array(
          fc
            .record({
              name,
              tone: fc.constantFrom('fixed', 'float', 'good'),
              value: fc.integer({ min: 0, max: 10 }),
            })
            .map((part) => ({ ...part, text: String(part.value) })),
          { minLength: 1, maxLength: 3 },
        ),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  });

  test('are drawn with the numbers of their table', () => {
    fc.assert(
      fc.property(chart, (drawn: BarChart) => {
        const svg = barFigure(drawn);
        const titles = titlesOf(svg);
        for (const [label, part, text] of barTable(drawn).rows) {
          expect(titles).toContain(`${label}: ${part}, ${text}`);
        }
        const marks = [
          ...svg.matchAll(
            /height="13" x="[\d.]+" width="([\d.]+)" class="fill-[a-z]+"><title>[^<]*, (\d+)</g,
          ),
        ];
        const full = Number(/width="([\d.]+)" class="track"/.exec(svg)?.[1]);
        expect(marks).toHaveLength(barTable(drawn).rows.length);
        for (const [, width, value] of marks) {
          // Coordinates keep a tenth of a unit.
          const due = (Math.min(Number(value), drawn.most) / drawn.most) * full;
          expect(Math.abs(Number(width) - due)).toBeLessThanOrEqual(0.051);
        }
      }),
    );
  });
});

describe('curves', () => {
  const radii = fc.array(fc.option(fc.double({ min: 0.001, max: 3, noNaN: true })), {
    minLength: 1,
    maxLength: 60,
  });

  test('count, at every radius where they step, the images with at least that radius', () => {
    fc.assert(
      fc.property(radii, (drawn) => {
        const points = curvePoints(drawn);
        expect(points[0]?.radius).toBe(0);
        for (const { radius, count, images, share, interval } of points) {
          expect(count).toBe(drawn.filter((r) => r !== null && r >= radius).length);
          expect(images).toBe(drawn.length);
          expect(share).toBe(count / images);
          expect(interval[0]).toBeLessThanOrEqual(share);
          expect(interval[1]).toBeGreaterThanOrEqual(share);
        }
      }),
    );
  });

  test('keep to 120 points, and stay exact at those', () => {
    const many = Array.from({ length: 5000 }, (_, i) => (i + 1) / 5000);
    const points = curvePoints(many);
    expect(points.length).toBeLessThanOrEqual(121);
    expect(points.at(-1)).toMatchObject({ radius: 1, count: 1 });
    for (const { radius, count } of points) {
      expect(count).toBe(many.filter((r) => r >= radius).length);
    }
  });

  test('have the bands of an independent source', () => {
    const golden = JSON.parse(
      readFileSync(new URL('golden/share-interval.json', import.meta.url), 'utf8'),
    ) as { rows: { k: number; n: number; low: number; high: number }[] };
    for (const { k, n, low, high } of golden.rows) {
      const images = Array.from({ length: n }, (_, i) => (i < k ? 1 : null));
      const [first] = curvePoints(images);
      // SciPy's own error.
      expect(Math.abs((first?.interval[0] ?? 9) - low)).toBeLessThanOrEqual(1e-12 * low);
      expect(Math.abs((first?.interval[1] ?? 9) - high)).toBeLessThanOrEqual(1e-12 * high);
    }
  });

  test('are drawn where their table says, and told by the same numbers', () => {
    fc.assert(
      fc.property(radii, fc.constantFrom('unconditional', 'conditional'), (drawn, guarantee) => {
        const points = curvePoints(drawn);
        const chart = {
          title: 'a',
          description: 'b',
          guarantee,
          mostRadius: 3,
          curves: [{ name: 'one', arithmetic: 'grid', points }],
        } as const;
        const svg = curveFigure(chart);
        const rows = curveTable(chart).rows;
        const titles = titlesOf(svg);
        expect(titles).toEqual(rows.map(([curve, , ...cells]) => `${curve}: ${cells.join(', ')}`));
        const line = /<path d="([^"]*)" class="line line-[a-z0-9]+">/.exec(svg)?.[1] ?? '';
        const steps = [...line.matchAll(/[ML]([\d.]+) ([\d.]+)H([\d.]+)/g)].map((m) =>
          m.map(Number),
        );
        expect(steps).toHaveLength(points.length);
        steps.forEach(([, , y = 0, x = 0], i) => {
          // Of a plot of 166 by 316 units, coordinates keep a tenth.
          expect(Math.abs((190 - y) / 166 - (points[i]?.share ?? 9))).toBeLessThan(0.051 / 166);
          expect(Math.abs(((x - 34) / 316) * 3 - (points[i]?.radius ?? 9))).toBeLessThan(
            0.16 / 316,
          );
        });
      }),
    );
  });
});

describe('a network with its paths', () => {
  const exhibit: Exhibit = {
    network: 'network-1',
    image: 4,
    label: 3,
    predicted: 8,
    shape: [1, 2, 2],
    bounds: [0, 1],
    clean: Float32Array.of(0, 0.5, 1, 1),
    adversarial: Float32Array.of(0.1, 0.5, 0.8, 1),
    diagnosis: {
      kind: 'float',
      evidence: 'segment',
      rival: 8,
      marginClean: 2,
      marginAdversarial: -0.5,
      fixedDrop: 1.5,
      floatDrop: 1,
      switched: [1, 1],
      units: [4, 2],
      crossings: 2,
      residual: 0,
      tolerance: 1,
    },
    ledger: {
      ...{ drop: 2.5, fixed: 1.5, ulps: 0, others: { count: 0, share: 0 } },
      rows: [{ unit: 'relu_2:0', weight: 1, clean: 1, adversarial: 0, share: 1 }],
    },
    kinks: { label: 3, rival: 8, start: -1.5, rows: [], change: -1.5, residual: 0, ulps: 0 },
    unitNames: new Map(),
    gates: [
      {
        name: 'relu_1',
        rowShape: [2, 1, 2],
        float: Uint8Array.of(0, 1, 0, 0),
        fixedLoss: Float64Array.of(0.5, 0, 0.5, 0.5),
        floatLoss: Float64Array.of(0, 0.4, 0, 0),
      },
      {
        name: 'relu_2',
        rowShape: [2],
        float: Uint8Array.of(1, 0),
        fixedLoss: Float64Array.of(0, 1.5),
        floatLoss: Float64Array.of(0.6, 0.4),
      },
    ],
    flows: [
      { from: { end: 'input' }, to: { gate: 0, cell: 0 }, fixed: 0.5, float: 0 },
      { from: { gate: 0, cell: 0 }, to: { gate: 1, cell: 1 }, fixed: 0.5, float: 0.4 },
      { from: { gate: 1, cell: 1 }, to: { end: 'margin' }, fixed: 1.5, float: -0.4 },
    ],
  };
  const chart = flowChartOf(exhibit, 'Image 4', String);

  test('tells its lines and cells with the numbers of its tables', () => {
    const titles = titlesOf(flowFigure(chart));
    const lines = flowTable(chart).rows.flatMap(([from, to, fixed, float]) => [
      ...(fixed === '0' ? [] : [`${from} to ${to}: fixed ${fixed}`]),
      ...(float === '0' ? [] : [`${from} to ${to}: float ${float}`]),
    ]);
    const cells = cellTable(chart).rows.map(
      ([gate, cell, switched, fixed, float]) =>
        `${gate} ${cell}: ${switched} switched; fixed ${fixed}, float ${float}`,
    );
    expect(cells).toEqual([
      'relu_1 channel 0: 1 of 2 switched; fixed 0.5, float 0.4',
      'relu_2 unit 0: 1 of 1 switched; fixed 0, float 0.6',
      'relu_2 unit 1: 0 of 1 switched; fixed 1.5, float 0',
    ]);
    expect(titles.toSorted()).toEqual([...lines, ...cells].toSorted());
    expect(flowFigure(chart)).toContain('line-float gain');
  });
});

describe('pictures', () => {
  const decode = (file: Uint8Array): { header: number[]; data: Uint8Array } => {
    const view = new DataView(file.buffer, file.byteOffset);
    const parts: Record<string, Uint8Array> = {};
    for (let at = 8; at < file.length;) {
      const length = view.getUint32(at);
      const type = new TextDecoder().decode(file.subarray(at + 4, at + 8));
      expect(view.getUint32(at + 8 + length)).toBe(crc32(file.subarray(at + 4, at + 8 + length)));
      parts[type] = file.subarray(at + 8, at + 8 + length);
      at += 12 + length;
    }
    return {
      header: [...(parts['IHDR'] ?? [])],
      data: inflateSync(parts['IDAT'] ?? new Uint8Array()),
    };
  };

  test('are PNG files that decode to their pixels', () => {
    const picture = fc
      .record({
        width: fc.integer({ min: 1, max: 9 }),
        height: fc.integer({ min: 1, max: 9 }),
        channels: fc.constantFrom(1 as const, 3 as const),
      })
      .chain((size) => {
        const length = size.width * size.height * size.channels;
        return fc
          .uint8Array({ minLength: length, maxLength: length })
          .map((data): Picture => ({ ...size, data }));
      });
    fc.assert(
      fc.property(picture, ({ width, height, channels, data }) => {
        const file = encodePng({ width, height, channels, data });
        expect([...file.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
        const read = decode(file);
        const color = channels === 1 ? 0 : 2;
        expect(read.header).toEqual([0, 0, 0, width, 0, 0, 0, height, 8, color, 0, 0, 0]);
        const stride = width * channels;
        for (let row = 0; row < height; row += 1) {
          const line = read.data.subarray(row * (stride + 1), (row + 1) * (stride + 1));
          expect([...line]).toEqual([0, ...data.subarray(row * stride, (row + 1) * stride)]);
        }
      }),
    );
  });

  const of = (
    shape: readonly number[],
    values: number[],
    bounds: readonly [number, number] = [0, 1],
  ) => ({
    shape,
    bounds,
    values: Float32Array.from(values),
  });

  test('show pixels in the units of the bounds', () => {
    expect([...pictureOf(of([1, 1, 3], [-1, 0, 1], [-1, 1])).data]).toEqual([0, 128, 255]);
    expect([...pictureOf(of([3, 1, 1], [0, 0.2, 1])).data]).toEqual([0, 51, 255]);
  });

  test('show differences around middle gray by a factor that clips nothing', () => {
    const clean = of([1, 1, 3], [0, 0.5, 1]);
    const adversarial = of([1, 1, 3], [0.25, 0.5, 0.75]);
    expect(differenceFactor(clean, adversarial)).toBe(2);
    expect([...differencePicture(clean, adversarial, 2).data]).toEqual([255, 128, 0]);
    expect(differenceFactor(clean, clean)).toBe(500);
  });

  test('are shrunk by whole factors where they are large', () => {
    const large = of(
      [1, 200, 100],
      Array.from({ length: 20_000 }, (_, i) => (i % 100) / 100),
    );
    expect(shrinkOf(large.shape)).toBe(3);
    expect(pictureOf(large)).toMatchObject({ width: 33, height: 66 });
    expect(pictureOf(large).data[1]).toBe(Math.round(255 * 0.04));
  });
});
