import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileSchema } from '@floatpath/core';
import { certificateOf } from '../certificate.js';
import { integerGaussian } from '../noise/integer-gaussian.js';
import { certificatesOf } from './certificates.js';
import { headerLine, readCounts, readWholeCounts, rowLine, writeCounts } from './counts-file.js';
import { crc32 } from './crc32.js';
import type { CountsHeader } from './header.js';
import { sealLine } from './line.js';
import { mergeCounts } from './merge.js';
import type { CountsRow } from './row.js';

const header: CountsHeader = {
  schema: fileSchema.counts,
  version: '0.1.0',
  engine: 'onnxruntime-node 1.30.0',
  model: { name: 'm\u00fcll\u2028.onnx', hash: 'sha256:00' },
  method: 'plain',
  guarantee: 'unconditional',
  preprocessing: { bounds: [0, 1], layout: 'nchw' },
  data: 'images 0-9',
  classes: 3,
  noise: { kind: 'integer-gaussian', sigma: 0.25 },
  norm: 'l2',
  sharing: 'per-image',
  seed: 0,
  plan: {
    n0: 10,
    n: 100,
    alpha: 0.001,
    bound: { kind: 'binary' },
    stopping: { kind: 'fixed' },
  },
};

const row = (change: Partial<CountsRow>): CountsRow => ({
  image: 0,
  label: 1,
  purpose: 'estimation',
  from: 0,
  n: 100,
  rejected: 0,
  counts: [1, 99, 0],
  offGrid: 0,
  ...change,
});
const selection = (image: number): CountsRow =>
  row({ image, purpose: 'selection', n: 10, counts: [0, 10, 0] });
const rows = [0, 1, 2].flatMap((image) => [selection(image), row({ image })]);
const file = writeCounts({ header, rows });

describe('a counts file', () => {
  it('has the checksum that everybody has', () => {
    // The check value of CRC-32/ISO-HDLC.
    expect(crc32('123456789')).toBe('cbf43926');
  });

  it('is ASCII and reads back', () => {
    expect(file).toMatch(/^[\n\x20-\x7e]*$/);
    expect(readWholeCounts(file)).toEqual({ header, rows });
    expect(file.split('\n')[1]).toBe(rowLine(selection(0)).trimEnd());
  });

  it('is sound up to the first damaged byte, wherever it was cut or changed', () => {
    const head = headerLine(header).length;
    fc.assert(
      fc.property(fc.integer({ min: head, max: file.length - 1 }), fc.boolean(), (at, cut) => {
        const changed = file.charCodeAt(at) === 0x41 ? 'B' : 'A';
        const damaged = cut ? file.slice(0, at) : file.slice(0, at) + changed + file.slice(at + 1);
        const read = readCounts(damaged);
        const sound = file.lastIndexOf('\n', at - 1) + 1;
        expect(read.soundLength).toBe(sound);
        expect(writeCounts(read)).toBe(file.slice(0, sound));
        expect(read.damagedLine).toBe(cut && sound === at ? undefined : read.rows.length + 2);
      }),
    );
  });

  it('is refused where it must be whole, without a head, or in another version', () => {
    const refusal = (text: string): unknown => {
      try {
        return readWholeCounts(text);
      } catch (error) {
        return error;
      }
    };
    expect(refusal(file.slice(0, -3))).toMatchObject({
      code: 'malformed-file',
      message: expect.stringContaining('damaged line 7') as string,
    });
    for (const text of ['', 'idx\tlabel\n', file.slice(1), headerLine(header).slice(0, -1)]) {
      expect(refusal(text)).toMatchObject({ code: 'malformed-file' });
    }
    expect(refusal(file.replace('"sigma":0.', '"sigma":1.'))).toMatchObject({
      code: 'malformed-file',
      message: expect.stringContaining('first line that its checksum fits') as string,
    });
    expect(refusal(sealLine({ ...header, schema: 'floatpath/counts@2' }))).toMatchObject({
      code: 'schema-version',
    });
    expect(refusal(sealLine({ ...header, seed: 'one' }))).toMatchObject({
      message: expect.stringContaining('a sound "seed"') as string,
    });
  });

  it('does not take a line that does not add up, whatever its checksum says', () => {
    const wrong = sealLine({ ...row({}), counts: [1, 98, 0] });
    expect(readCounts(headerLine(header) + wrong)).toMatchObject({ rows: [], damagedLine: 2 });
  });
});

describe('mergeCounts', () => {
  it('puts shards of images back together, byte for byte', () => {
    const shard = (images: readonly number[]): { header: CountsHeader; rows: CountsRow[] } => ({
      header,
      rows: rows.filter(({ image }) => images.includes(image)),
    });
    expect(writeCounts(mergeCounts([shard([1]), shard([2, 0])]))).toBe(file);
    expect(writeCounts(mergeCounts([shard([1, 0]), shard([2, 0])]))).toBe(file);
  });

  it('adds ranges of draws, in any order, and waits for what is missing', () => {
    const part = (from: number, n: number, top: number): CountsRow =>
      row({ from, n, counts: [0, top, n - top] });
    const parts = [part(60, 40, 39), part(0, 30, 30), part(30, 30, 29)];
    const at = (some: readonly CountsRow[]): CountsRow[] =>
      mergeCounts(some.map((one) => ({ header, rows: [one] }))).rows as CountsRow[];
    expect(at(parts)).toEqual([row({ counts: [0, 98, 2] })]);
    const partial = mergeCounts([{ header, rows: [selection(0), ...at(parts.slice(0, 2))] }]);
    expect(certificatesOf(partial)).toEqual({ images: [], incomplete: [0] });
  });

  it('refuses other runs, naming the field, and draws that come twice', () => {
    const merge = (other: Partial<CountsHeader>, change: Partial<CountsRow> = {}): unknown =>
      mergeCounts([
        { header, rows },
        { header: { ...header, ...other }, rows: [row(change)] },
      ]);
    expect(() => merge({ seed: 1 })).toThrow(
      expect.objectContaining({
        code: 'invalid-data',
        message:
          'mergeCounts: expected counts with seed 0, got 1; only counts of one model, noise and plan can be added',
      }),
    );
    const alpha = { ...header.plan, alpha: 0.01 } as CountsHeader['plan'];
    expect(() => merge({ plan: alpha })).toThrow('with plan {alpha:0.001');
    expect(() => merge({ engine: 'other' })).toThrow('with engine');
    expect(() => merge({}, { counts: [2, 98, 0] })).toThrow('every draw of image 0 once');
    expect(() => merge({}, { from: 99 })).toThrow('draws 99 to 198 besides 0 to 99');
    expect(() => mergeCounts([])).toThrow('expected counts, got none');
    const both = mergeCounts(
      [
        { header, rows: [row({})] },
        { header: { ...header, engine: 'other' }, rows: [row({ image: 5 })] },
      ],
      { allowMixedEngines: true },
    );
    expect(both.header.engine).toBe('onnxruntime-node 1.30.0 + other');
  });
});

describe('certificatesOf', () => {
  it('is certificateOf of the counts', () => {
    const { images, incomplete } = certificatesOf({ header, rows: rows.slice(0, 5) });
    expect(incomplete).toEqual([2]);
    expect(images.map(({ image }) => image)).toEqual([0, 1]);
    expect(images[0]?.certificate).toEqual(
      certificateOf({
        selection: Uint32Array.of(0, 10, 0),
        estimation: Uint32Array.of(1, 99, 0),
        n: 100,
        alpha: 0.001,
        noise: integerGaussian({ sigma: 0.25, bounds: [0, 1] }),
      }),
    );
  });

  it('certifies again at another alpha, and in linf', () => {
    const radius = (counts: Parameters<typeof certificatesOf>): number => {
      const certificate = certificatesOf(...counts).images[0]?.certificate;
      return certificate?.kind === 'certified' ? certificate.radius : 0;
    };
    const plan = { ...header.plan, alpha: 0.05 } as NonNullable<CountsHeader['plan']>;
    const full = radius([{ header, rows }]);
    expect(radius([{ header, rows }, { plan }])).toBeGreaterThan(full);
    const linf = { header: { ...header, norm: 'linf' }, rows } as const;
    expect(radius([linf, { size: 4 }])).toBeCloseTo(full / 2, 12);
    expect(() => certificatesOf(linf)).toThrow('expected size');
  });

  it('is exact for splitting', () => {
    const split = {
      header: {
        ...header,
        noise: { kind: 'splitting', sigma: 50 / 255 / Math.sqrt(3) },
        norm: 'l1',
        plan: null,
      },
      rows: [row({ counts: [20, 80, 0] }), row({ image: 1, n: 99, counts: [0, 99, 0] })],
    } as const;
    const { images, incomplete } = certificatesOf(split);
    expect(incomplete).toEqual([1]);
    // A lead of 60 of 100 offsets: 30 levels.
    expect(images[0]?.certificate).toMatchObject({ kind: 'certified', norm: 'l1', label: 1 });
    expect((images[0]?.certificate as { radius: number }).radius).toBeCloseTo(30 / 255, 12);
  });
});
