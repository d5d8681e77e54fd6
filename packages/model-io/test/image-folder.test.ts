import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { FloatpathError } from '@floatpath/core';
import { encode } from 'fast-png';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readImageFolder, type ImageFile } from '../src/datasets/index.js';
import { crc32 } from '../src/datasets/crc32.js';

interface Golden {
  readonly file: string;
  readonly shape: readonly number[];
  readonly pixels: readonly number[];
}

const golden = JSON.parse(
  readFileSync(new URL('golden/image-files.json', import.meta.url), 'utf8'),
) as {
  readonly png: Readonly<Record<string, Golden>>;
  readonly jpeg: Readonly<Record<string, Golden>>;
  readonly refused: Readonly<Record<string, string>>;
};
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
const png = (name: string): Uint8Array => bytesOf(golden.png[name]?.file ?? '');
const jpeg = (name: string): Uint8Array => bytesOf(golden.jpeg[name]?.file ?? '');
const one = (bytes: Uint8Array): readonly ImageFile[] => [{ path: 'a/x', bytes }];
const coded = (code: string, message: RegExp): Error =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error;

/** A PNG file made of its parts, checksums right. */
function pngOf(chunks: readonly (readonly [type: string, data: Uint8Array])[]): Uint8Array {
  const parts = chunks.map(([type, data]) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const chunk = Buffer.alloc(body.length + 8);
    chunk.writeUInt32BE(data.length);
    body.copy(chunk, 4);
    chunk.writeUInt32BE(crc32(body), body.length + 4);
    return chunk;
  });
  return new Uint8Array(Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]));
}

function header(width: number, height: number): Uint8Array {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width);
  data.writeUInt32BE(height, 4);
  data[8] = 8;
  return data;
}

describe('pixels', () => {
  test.each(Object.entries(golden.png))('PNG, %s: what Pillow reads', (name, { shape, pixels }) => {
    const { images } = readImageFolder(one(png(name)));
    expect(images.shape).toEqual([1, ...shape]);
    const highest = name === '16 bits' ? 65535 : 255;
    expect(Array.from(images.data)).toEqual(pixels.map((value) => Math.fround(value / highest)));
  });

  test.each(Object.entries(golden.jpeg))(
    'JPEG, %s: close to what libjpeg makes',
    (name, golden) => {
      const { images } = readImageFolder(one(jpeg(name)));
      expect(images.shape).toEqual([1, ...golden.shape]);
      const differences = golden.pixels.map((value, i) =>
        Math.abs((images.data[i] ?? NaN) * 255 - value),
      );
      // Inverse transform and color matrix each round by 1. Color of half the resolution is smoothed by libjpeg and repeated
      // here: a difference of up to one pixel's step, which is 20 in this picture.
      const most = name.includes('subsampled') ? 20 : 2;
      expect(Math.max(...differences)).toBeLessThanOrEqual(most + 1e-3);
    },
  );

  test('of a Node Buffer in a pool', () => {
    for (const bytes of [png('color'), jpeg('color')]) {
      const pool = Buffer.alloc(bytes.length + 8, 0xa5);
      pool.set(bytes, 3);
      expect(readImageFolder(one(pool.subarray(3, 3 + bytes.length)))).toEqual(
        readImageFolder(one(bytes)),
      );
    }
  });
});

describe('labels', () => {
  const bytes = png('gray');
  const file = (path: string): ImageFile => ({ path, bytes });
  const shade = (value: number): Uint8Array =>
    encode({ width: 1, height: 1, channels: 1, depth: 8, data: Uint8Array.of(value) });

  test('folders are classes in the order of their names, files in the order of their paths', () => {
    const data = readImageFolder([
      { path: 'dog/b.png', bytes: shade(2) },
      { path: 'cat/z.png', bytes: shade(1) },
      { path: 'dog/a/c.png', bytes: shade(3) },
    ]);
    expect(data.names).toEqual(['cat', 'dog']);
    expect(data.classes).toBe(2);
    expect([...data.labels]).toEqual([0, 1, 1]);
    expect([...data.images.data].map((value) => Math.round(value * 255))).toEqual([1, 3, 2]);
  });

  test('a table gives order, labels and which files are read', () => {
    const files = [
      { path: 'c.png', bytes: shade(3) },
      { path: 'a,1.png', bytes: shade(1) },
      { path: 'b.png', bytes: new Uint8Array() },
    ];
    const data = readImageFolder(files, {
      csv: '\uFEFFfile,label\r\nc.png,7\r\n"a,1.png",0\r\n\r\n',
    });
    expect([...data.labels]).toEqual([7, 0]);
    expect(data.names).toBeUndefined();
    expect([...data.images.data].map((value) => Math.round(value * 255))).toEqual([3, 1]);
  });

  test('a table of names numbers them in their order', () => {
    const data = readImageFolder([file('a'), file('b')], { csv: 'a,zebra\nb,ape' });
    expect(data.names).toEqual(['ape', 'zebra']);
    expect([...data.labels]).toEqual([1, 0]);
  });

  test.each<[string, readonly ImageFile[], string | undefined, RegExp]>([
    ['a file outside of folders', [file('a.png')], undefined, /got "a.png"/],
    [
      'folders named by numbers in another order',
      Array.from({ length: 11 }, (_, i) => file(`${i}/a`)),
      undefined,
      /got "10" as number 2; give a table/,
    ],
    ['some of the numbers', [file('3/a'), file('7/a')], undefined, /got "3" as number 0/],
    ['a row without a file', [file('a')], 'a,0\nb,1', /none called "b"/],
    ['a file twice', [file('a')], 'a,0\na,1', /"a" twice/],
    ['numbers and names', [file('a'), file('b')], 'a,0\nb,cat', /got "cat"/],
    ['a line of three cells', [file('a')], 'a,0,1', /line 1 of the table, got "a,0,1"/],
    ['no image', [], undefined, /at least one/],
  ])('%s is refused', (_, files, csv, message) => {
    expect(() => readImageFolder(files, csv === undefined ? {} : { csv })).toThrow(
      coded('invalid-data', message),
    );
  });
});

describe('refusals', () => {
  test.each([
    ['transparent pixels', /transparent pixels.* in "a\/x"/],
    ['transparent color', /a transparent color in "a\/x"/],
    ['cmyk', /4 components.* in "a\/x"/],
    ['gif', /got something else in "a\/x"/],
  ])('%s', (name, message) => {
    expect(() => readImageFolder(one(bytesOf(golden.refused[name] ?? '')))).toThrow(
      coded('unsupported-format', message),
    );
  });

  test('images of different sizes or kinds, before any is decoded', () => {
    const damaged = png('gray').slice();
    damaged[60] = (damaged[60] ?? 0) ^ 0xff;
    const files = (second: Uint8Array): readonly ImageFile[] => [
      { path: 'a/1', bytes: damaged },
      { path: 'a/2', bytes: second },
    ];
    expect(() => readImageFolder(files(png('color')))).toThrow(
      coded('shape-mismatch', /"a\/1" of 13 x 6 gray pixels and "a\/2" of 13 x 6 color pixels/),
    );
    expect(() =>
      readImageFolder(
        files(
          pngOf([
            ['IHDR', header(2, 2)],
            ['IDAT', deflateSync(Buffer.alloc(6))],
            ['IEND', Buffer.alloc(0)],
          ]),
        ),
      ),
    ).toThrow(coded('shape-mismatch', /"a\/2" of 2 x 2/));
  });

  test('a header that claims a huge image', () => {
    const bomb = pngOf([
      ['IHDR', header(60_000, 60_000)],
      ['IDAT', deflateSync(Buffer.alloc(1000))],
      ['IEND', Buffer.alloc(0)],
    ]);
    expect(() => readImageFolder(one(bomb))).toThrow(
      coded('malformed-file', /60000 x 60000 in "a\/x"/),
    );
  });

  /** Bytes of buffers taken while `run` runs. */
  function taken(run: () => void): number {
    const before = process.memoryUsage().arrayBuffers;
    run();
    return process.memoryUsage().arrayBuffers - before;
  }
  const much = deflateSync(Buffer.alloc(64e6));

  test('more pixels than the header states, without unpacking them all', () => {
    const bomb = pngOf([
      ['IHDR', header(4, 4)],
      ['IDAT', much],
      ['IEND', Buffer.alloc(0)],
    ]);
    const bytes = taken(() => {
      expect(() => readImageFolder(one(bomb))).toThrow(
        coded('malformed-file', /expected 20 bytes of pixels, got more/),
      );
    });
    expect(bytes).toBeLessThan(32e6);
  });

  test('a profile that unpacks to more is skipped', () => {
    const image = pngOf([
      ['IHDR', header(1, 1)],
      ['iCCP', Buffer.concat([Buffer.from('icc\0\0', 'latin1'), much])],
      ['IDAT', deflateSync(Buffer.from([0, 128]))],
      ['IEND', Buffer.alloc(0)],
    ]);
    const bytes = taken(() => {
      expect(readImageFolder(one(image)).images.data[0]).toBe(Math.fround(128 / 255));
    });
    expect(bytes).toBeLessThan(32e6);
  });

  test.each([
    ['PNG', png('color')],
    ['JPEG', jpeg('color')],
    ['progressive JPEG', jpeg('color, subsampled, progressive')],
  ])('every truncated %s', (_, bytes) => {
    for (let length = 0; length < bytes.length; length += 1)
      expect(() => readImageFolder(one(bytes.subarray(0, length)))).toThrow(FloatpathError);
  });

  test.each([
    ['PNG', png('color')],
    ['palette PNG', png('palette of 4 bits')],
    ['JPEG', jpeg('color')],
    ['progressive JPEG', jpeg('color, subsampled, progressive')],
  ])('damaged bytes of a %s give a data set or a coded error', (_, bytes) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const damaged = bytes.slice();
          for (const [at, value] of changes) damaged[at] = value;
          try {
            const { images } = readImageFolder(one(damaged));
            expect(images.data.every((value) => value >= 0 && value <= 1)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(FloatpathError);
            expect((error as FloatpathError).message).toContain('"a/x"');
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('a JPEG file that claims more pixels than its bytes can hold is refused before it is decoded', () => {
  const small = jpeg('gray').slice();
  const frame = small.findIndex((byte, i) => byte === 0xff && (small[i + 1] ?? 0) === 0xc0);
  small.set([0x07, 0xff, 0x07, 0xff], frame + 5);
  expect(() => readImageFolder([{ path: 'a/x', bytes: small }])).toThrow(
    coded('malformed-file', /an image that \d+ bytes can hold, got 2047 x 2047 in "a\/x"/),
  );
});
