import { fileSchema, FloatpathError } from '@floatpath/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  calibrationHash,
  readCalibration,
  withDenoiser,
  writeCalibration,
  type Calibration,
} from '../../src/index.js';
import { resealed } from '../reseal.js';
import { smallImages } from '../small-network.js';

/** Every part that a calibration can have, with numbers that are not round. */
const candidate = (lambda: number, averageRadius: number) =>
  ({ anchor: 'input', kappa: 0.67, form: 'path-sum', lambda, averageRadius }) as const;
const units = (...values: number[]) => Float32Array.from(values);
const calibration: Calibration = withDenoiser(
  {
    schema: fileSchema.calibration,
    modelHash: '3f'.repeat(32),
    sigma: 0.25,
    arithmetic: 'grid',
    images: 4,
    draws: 16,
    seed: 5,
    fingerprints: [],
    // Names that JavaScript orders in its own way, or takes for something else.
    deviations: new Map([
      ['relu', units(0.31, 0.7, 1e-8)],
      ['12', units(0.2)],
      ['__proto__', units(0.4, 0)],
    ]),
    selections: {
      minority: new Map([['relu', units(0.125, 0.33, 0)]]),
      templates: [new Map([['relu', units(0.25, 0, 0.5)]])],
      outputs: new Map([['relu', units(0.5, -1.5, 3)]]),
    },
    choices: [
      {
        chosen: candidate(0.75, 0.4123),
        candidates: [candidate(0.75, 0.4123), candidate(0.5, 0.4)],
        plainAverageRadius: 0.39,
        images: 8,
        n0: 100,
        n: 1000,
        alpha: 0.001,
        seed: 5,
      },
    ],
  },
  smallImages(10),
  'full',
);
const text = writeCalibration(calibration);
const file = JSON.parse(text) as Json;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Path = readonly (string | number)[];
const isBranch = (value: Json): value is Json[] | { [key: string]: Json } =>
  typeof value === 'object' && value !== null;

/** Where the file says something: every value of it, branches included, but the whole. */
function placesIn(value: Json, at: Path = []): Path[] {
  if (!isBranch(value)) return [at];
  const inner = Array.isArray(value)
    ? value.flatMap((entry, i) => placesIn(entry, [...at, i]))
    : Object.entries(value).flatMap(([key, entry]) => placesIn(entry, [...at, key]));
  return at.length === 0 ? inner : [at, ...inner];
}
const places = placesIn(file);

/** The value with `change` applied at a place; undefined takes it away. */
function edited(value: Json, [key, ...rest]: Path, change: (now: Json) => Json | undefined): Json {
  const inside = (now: Json) => (rest.length === 0 ? change(now) : edited(now, rest, change));
  if (Array.isArray(value)) {
    return value.flatMap((entry, i) => (i === key ? (inside(entry) ?? []) : [entry]));
  }
  const entries = Object.entries(value as { [key: string]: Json }).flatMap(([k, entry]) => {
    const after = k === key ? inside(entry) : entry;
    return after === undefined ? [] : [[k, after] as const];
  });
  return Object.fromEntries(entries);
}

const changedAfter = expect.objectContaining({
  code: 'invalid-data',
  message: expect.stringMatching(
    /expected hash [0-9a-f]{16}, .*got (hash|no hash).*calibrate again/,
  ) as string,
}) as Error;

/** The words of a value in another order at every level, and set in other white space. */
function shuffled(value: Json, order: () => number): Json {
  if (Array.isArray(value)) return value.map((entry) => shuffled(entry, order));
  if (!isBranch(value)) return value;
  const entries = Object.entries(value).map(([key, entry]) => ({
    at: order(),
    entry: [key, shuffled(entry, order)] as const,
  }));
  return Object.fromEntries(entries.sort((a, b) => a.at - b.at).map(({ entry }) => entry));
}

describe('the hash of a calibration file', () => {
  it('is in the file, and what other files name the calibration by', () => {
    expect((file as { hash: string }).hash).toBe(calibrationHash(calibration));
    expect(resealed(text)).toContain(`"hash":"${calibrationHash(calibration)}"`);
  });

  it('refuses any one edited value', () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (place, other) => {
        const after = edited(file, place, (now) =>
          JSON.stringify(now) === JSON.stringify(other) ? undefined : (other as Json),
        );
        expect(() => readCalibration(JSON.stringify(after))).toThrow(FloatpathError);
      }),
    );
  });

  // Each of them would be taken for a measurement by everything else that is checked.
  it.each<[string, Path, Json]>([
    ['sigma', ['sigma'], 0.5],
    ['one lambda chosen', ['choices', 0, 'chosen', 'lambda'], 0.5],
    ['the kappa chosen', ['choices', 0, 'chosen', 'kappa'], 1],
    ['one radius of a candidate', ['choices', 0, 'candidates', 1, 'averageRadius'], 0.41],
    ['the model', ['modelHash'], '3e'.repeat(32)],
    ['an image that it has seen', ['fingerprints', 0], '0'.repeat(16)],
    ['the number of images', ['images'], 5],
    ['a template', ['selections', 'templates'], []],
    ['a further field', ['note'], 'mine'],
  ])('alone refuses another value for %s', (_name, place, value) => {
    const [key] = place;
    const after =
      place.length === 1
        ? { ...(file as object), [key as string]: value }
        : edited(file, place, () => value);
    expect(() => readCalibration(JSON.stringify(after))).toThrow(changedAfter);
    expect(() => readCalibration(resealed(JSON.stringify(after)))).not.toThrow();
  });

  it('refuses a value that is missing, and a hash that is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), (place) => {
        const after = JSON.stringify(edited(file, place, () => undefined));
        expect(() => readCalibration(after)).toThrow(FloatpathError);
      }),
    );
    const bare = JSON.stringify(edited(file, ['hash'], () => undefined));
    expect(() => readCalibration(bare)).toThrow(changedAfter);
  });

  const tensors = places.filter(
    (place) =>
      ['weights', 'bias'].includes(String(place.at(-1))) ||
      (place.at(-1) !== 0 && /relu|12|__proto__/.test(String(place.at(-1)))),
  );

  it('refuses any one flipped bit of a tensor', () => {
    expect(tensors).toHaveLength(8);
    fc.assert(
      fc.property(fc.constantFrom(...tensors), fc.nat(), (place, bit) => {
        const after = edited(file, place, (now) => {
          const bytes = Buffer.from(now as string, 'base64');
          const at = bit % (8 * bytes.length);
          bytes[at >> 3] = (bytes[at >> 3] as number) ^ (1 << (at & 7));
          return bytes.toString('base64');
        });
        expect(() => readCalibration(JSON.stringify(after))).toThrow(changedAfter);
      }),
    );
  });

  it('lets no one changed character pass as another calibration', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.integer({ min: 32, max: 126 }), (at, code) => {
        const other = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
        let read: Calibration;
        try {
          read = readCalibration(other);
        } catch (error) {
          expect(error).toBeInstanceOf(FloatpathError);
          refused += 1;
          return;
        }
        // White space of one kind for another.
        expect(writeCalibration(read)).toBe(text);
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(400);
  });

  it('does not depend on the order of keys or on white space', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1 })), fc.nat(7), (order, indent) => {
        const other = JSON.stringify(
          shuffled(file, () => order.next().value as number),
          undefined,
          indent,
        );
        const read = readCalibration(` ${other}\r\n`);
        expect(read).toEqual(calibration);
        expect(calibrationHash(read)).toBe(calibrationHash(calibration));
      }),
    );
  });

  it('stays the same when what was read is written', () => {
    expect(readCalibration(text)).toEqual(calibration);
    expect(writeCalibration(readCalibration(text))).toBe(text);
  });
});

describe('a calibration file', () => {
  const deep = `{"schema": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  it.each([
    ['other text', () => 'sigma = 3', 'malformed-file'],
    ['a list', () => '[]', 'invalid-data'],
    ['lists in lists without end', () => deep, 'malformed-file'],
    [
      'another schema',
      (t: string) => t.replace(fileSchema.calibration, 'floatpath/report@1'),
      'invalid-data',
    ],
    [
      'an earlier version, which had no hash',
      (t: string) => t.replace('calibration@2', 'calibration@1').replace(/ "hash": ".*",\n/, ''),
      'schema-version',
    ],
    [
      'a later version',
      (t: string) => t.replace('calibration@2', 'calibration@3'),
      'schema-version',
    ],
  ] as const)('refuses %s', (_name, spoil, code) => {
    expect(spoil(text)).not.toBe(text);
    expect(() => readCalibration(spoil(text))).toThrow(expect.objectContaining({ code }));
  });

  // With a hash that fits: what another program may write.
  it.each([
    ['no sigma', (t: string) => t.replace('"sigma"', '"sigmas"')],
    ['sigma 0', (t: string) => t.replace('"sigma": 0.25', '"sigma": 0')],
    ['half a float', (t: string) => t.replace(/"relu": "..../, '"relu": "')],
    ['a list for a gate', (t: string) => t.replace(/"relu": "[^"]*"/, '"relu": []')],
    ['a NaN', (t: string) => t.replace(/"relu": "[^"]*"/, '"relu": "AADAfw=="')],
    ['a negative', (t: string) => t.replace(/"relu": "[^"]*"/, '"relu": "AACAvw=="')],
    ['a choice without its kappa', (t: string) => t.replace('"kappa": 0.67', '"q": 0.67')],
    ['a radius below 0', (t: string) => t.replace('"plainAverageRadius": ', '$&-')],
  ] as const)('refuses %s', (_name, spoil) => {
    expect(spoil(text)).not.toBe(text);
    expect(() => readCalibration(resealed(spoil(text)))).toThrow(
      expect.objectContaining({ code: 'invalid-data' }),
    );
  });

  it('never fails in any other way, whatever the text', () => {
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(20), fc.string(), (start, size, other) => {
        const spoiled = text.slice(0, start) + other + text.slice(start + size);
        try {
          readCalibration(spoiled);
        } catch (error) {
          expect(error).toBeInstanceOf(FloatpathError);
        }
      }),
    );
  });

  it('of another denoiser is another calibration', () => {
    const other = withDenoiser(calibration, smallImages(10, 3), 'full');
    expect(calibrationHash(other)).not.toBe(calibrationHash(calibration));
  });
});
