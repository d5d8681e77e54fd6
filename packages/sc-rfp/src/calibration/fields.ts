import { FloatpathError } from '@floatpath/core';
import { littleEndianBytes } from './fingerprint.js';

/** An object of a JSON file, before anything is known of it. */
export type Fields = Readonly<Record<string, unknown>>;

const SHORT = 40;

export function refuse(expected: string, got: unknown): never {
  const text = JSON.stringify(got) ?? 'nothing';
  throw new FloatpathError(
    'invalid-data',
    `readCalibration: expected ${expected}, got ${text.length > SHORT ? `${text.slice(0, SHORT)}...` : text}; calibrate again`,
  );
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function object(value: unknown, expected: string): Fields {
  return isObject(value) ? value : refuse(expected, value);
}

export function list(value: unknown, expected: string): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : refuse(expected, value);
}

export function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : refuse(`${name} as text`, value);
}

export function oneOf<T extends string>(fields: Fields, name: string, allowed: readonly T[]): T {
  const value = allowed.find((word) => word === fields[name]);
  return (
    value ?? refuse(`${name} ${allowed.map((word) => `"${word}"`).join(' or ')}`, fields[name])
  );
}

export function count(fields: Fields, name: string, least: number): number {
  const value = fields[name];
  return Number.isSafeInteger(value) && (value as number) >= least
    ? (value as number)
    : refuse(`${name} as an integer from ${least}`, value);
}

/** A finite number that `holds`. */
export function number(
  fields: Fields,
  name: string,
  holds: (value: number) => boolean,
  expected: string,
): number {
  const value = fields[name];
  return typeof value === 'number' && Number.isFinite(value) && holds(value)
    ? value
    : refuse(`${name} ${expected}`, value);
}

/** Little-endian float32 values in base64, all finite. */
export function decodeFloats(what: string, value: unknown): Float32Array {
  let bytes: string;
  try {
    bytes = atob(typeof value === 'string' ? value : '!');
  } catch {
    return refuse(`base64 ${what}`, value);
  }
  if (bytes.length % 4 !== 0) refuse(`whole float32 values as ${what}`, value);
  const view = new DataView(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)).buffer);
  const values = Float32Array.from({ length: bytes.length / 4 }, (_, i) =>
    view.getFloat32(i * 4, true),
  );
  const bad = values.find((value_) => !Number.isFinite(value_));
  return bad === undefined ? values : refuse(`finite ${what}`, bad);
}

export function encodeFloats(values: Float32Array): string {
  const CHUNK = 32768;
  const bytes = littleEndianBytes(values);
  let binary = '';
  for (let i = 0; i < bytes.length; i += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  }
  return btoa(binary);
}

/** Per gate, float32 values that are not negative. */
export function decodeGates(what: string, value: unknown): ReadonlyMap<string, Float32Array> {
  const gates = object(value, `${what} per gate`);
  return new Map(
    Object.entries(gates).map(([gate, encoded]) => {
      const values = decodeFloats(`${what} of gate "${gate}"`, encoded);
      const bad = values.find((entry) => entry < 0);
      return [gate, bad === undefined ? values : refuse(`${what} from 0 at gate "${gate}"`, bad)];
    }),
  );
}

export function encodeGates(gates: ReadonlyMap<string, Float32Array>): Fields {
  return Object.fromEntries([...gates].map(([gate, values]) => [gate, encodeFloats(values)]));
}
