import { fileSchema, FloatpathError, type Arithmetic } from '@floatpath/core';
import type { Calibration } from './calibration.js';
import { littleEndianBytes } from './fingerprint.js';

type Fields = Readonly<Record<string, unknown>>;

const SHORT = 40;

function refuse(expected: string, got: unknown): never {
  const text = JSON.stringify(got) ?? 'nothing';
  throw new FloatpathError(
    'invalid-data',
    `readCalibration: expected ${expected}, got ${text.length > SHORT ? `${text.slice(0, SHORT)}...` : text}; calibrate again`,
  );
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FloatpathError('malformed-file', 'readCalibration: expected JSON, got other text', {
      cause,
    });
  }
  return isObject(value) ? value : refuse('an object', value);
}

function requireSchema(schema: unknown): void {
  if (schema === fileSchema.calibration) return;
  if (typeof schema === 'string' && schema.startsWith(fileSchema.calibration.replace(/\d+$/, ''))) {
    throw new FloatpathError(
      'schema-version',
      `readCalibration: expected ${fileSchema.calibration}, got ${schema}; calibrate again with this version`,
    );
  }
  refuse(`schema "${fileSchema.calibration}"`, schema);
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : refuse(`${name} as text`, value);
}

function count(fields: Fields, name: string, least: number): number {
  const value = fields[name];
  return Number.isSafeInteger(value) && (value as number) >= least
    ? (value as number)
    : refuse(`${name} as an integer from ${least}`, value);
}

function positive(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === 'number' && Number.isFinite(value) && value > 0
    ? value
    : refuse(`${name} above 0`, value);
}

function arithmetic(fields: Fields): Arithmetic {
  const value = fields['arithmetic'];
  return value === 'grid' || value === 'float'
    ? value
    : refuse('arithmetic "grid" or "float"', value);
}

function fingerprints(fields: Fields): readonly string[] {
  const value = fields['fingerprints'];
  const prints: readonly unknown[] = Array.isArray(value)
    ? value
    : refuse('a list of fingerprints', value);
  return prints.map((print) =>
    typeof print === 'string' && /^[0-9a-f]{16}$/.test(print)
      ? print
      : refuse('fingerprints of 16 hexadecimal digits', print),
  );
}

function decodeFloats(gate: string, value: unknown): Float32Array {
  let bytes: string;
  try {
    bytes = atob(typeof value === 'string' ? value : '!');
  } catch {
    return refuse(`base64 deviations of gate "${gate}"`, value);
  }
  if (bytes.length % 4 !== 0) refuse(`whole float32 values of gate "${gate}"`, value);
  const view = new DataView(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)).buffer);
  const values = Float32Array.from({ length: bytes.length / 4 }, (_, i) =>
    view.getFloat32(i * 4, true),
  );
  const bad = values.find((s) => !(Number.isFinite(s) && s >= 0));
  return bad === undefined ? values : refuse(`finite deviations from 0 at gate "${gate}"`, bad);
}

function encodeFloats(values: Float32Array): string {
  return btoa(Array.from(littleEndianBytes(values), (byte) => String.fromCharCode(byte)).join(''));
}

/**
 * Reads what {@link writeCalibration} wrote.
 *
 * @throws {FloatpathError} `malformed-file` if it is not JSON, `schema-version` for another version,
 * `invalid-data` naming the field that does not fit
 */
export function readCalibration(json: string): Calibration {
  const fields = parse(json);
  requireSchema(fields['schema']);
  const encoded = fields['deviations'];
  const gates = isObject(encoded) ? encoded : refuse('deviations per gate', encoded);
  return {
    schema: fileSchema.calibration,
    modelHash: text(fields, 'modelHash'),
    sigma: positive(fields, 'sigma'),
    arithmetic: arithmetic(fields),
    images: count(fields, 'images', 1),
    draws: count(fields, 'draws', 2),
    seed: count(fields, 'seed', 0),
    fingerprints: fingerprints(fields),
    deviations: new Map(
      Object.entries(gates).map(([gate, value]) => [gate, decodeFloats(gate, value)]),
    ),
  };
}

/** The calibration as JSON text: equal calibrations give equal bytes. Deviations are base64 of little-endian float32. */
export function writeCalibration(calibration: Calibration): string {
  const { deviations, ...settings } = calibration;
  const encoded = Object.fromEntries(
    [...deviations].map(([gate, values]) => [gate, encodeFloats(values)]),
  );
  return `${JSON.stringify({ ...settings, deviations: encoded }, undefined, 1)}\n`;
}
