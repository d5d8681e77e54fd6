import { fileSchema, FloatpathError } from '@floatpath/core';
import type { Calibration } from './calibration.js';
import { decodeChoice } from './choice-record.js';
import { contentHash } from './content-hash.js';
import { decodeDenoiser, encodeDenoiser } from './denoiser-record.js';
import {
  count,
  decodeFloats,
  decodeGates,
  encodeGates,
  list,
  number,
  object,
  oneOf,
  refuse,
  text,
  type Fields,
} from './fields.js';
import type { SelectionStatistics } from './selections.js';

function parse(json: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new FloatpathError('malformed-file', 'readCalibration: expected JSON, got other text', {
      cause,
    });
  }
  return object(value, 'an object');
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

function requireHash(stated: unknown, hash: string): void {
  if (stated === hash) return;
  const words = typeof stated === 'string' ? `hash ${stated.slice(0, hash.length)}` : 'no hash';
  throw new FloatpathError(
    'invalid-data',
    `readCalibration: expected hash ${hash}, that of the file's content, got ${words} in the file: it was changed after it was written; calibrate again`,
  );
}

function fingerprints(fields: Fields): readonly string[] {
  return list(fields['fingerprints'], 'a list of fingerprints').map((print) =>
    typeof print === 'string' && /^[0-9a-f]{16}$/.test(print)
      ? print
      : refuse('fingerprints of 16 hexadecimal digits', print),
  );
}

function decodeSelections(value: unknown): SelectionStatistics {
  const fields = object(value, 'selections');
  const outputs = Object.entries(object(fields['outputs'], 'mean outputs per gate'));
  return {
    minority: decodeGates('frequencies', fields['minority']),
    templates: list(fields['templates'], 'a list of templates').map((template) =>
      decodeGates('frequencies', template),
    ),
    outputs: new Map(
      outputs.map(([gate, encoded]) => [gate, decodeFloats(`outputs of gate "${gate}"`, encoded)]),
    ),
  };
}

/**
 * Reads what {@link writeCalibration} wrote.
 *
 * @throws {FloatpathError} `malformed-file` if it is not JSON, `schema-version` for another version, `invalid-data` if the
 * content is not that of the file's hash or naming the field that does not fit
 */
export function readCalibration(json: string): Calibration {
  const fields = parse(json);
  const hash = contentHash(fields, 'readCalibration');
  requireSchema(fields['schema']);
  requireHash(fields['hash'], hash);
  const { selections, denoisers, choices } = fields;
  return {
    schema: fileSchema.calibration,
    modelHash: text(fields, 'modelHash'),
    sigma: number(fields, 'sigma', (sigma) => sigma > 0, 'above 0'),
    arithmetic: oneOf(fields, 'arithmetic', ['grid', 'float']),
    images: count(fields, 'images', 1),
    draws: count(fields, 'draws', 2),
    seed: count(fields, 'seed', 0),
    fingerprints: fingerprints(fields),
    deviations: decodeGates('deviations', fields['deviations']),
    ...(selections !== undefined && { selections: decodeSelections(selections) }),
    ...(denoisers !== undefined && {
      denoisers: list(denoisers, 'a list of denoisers').map(decodeDenoiser),
    }),
    ...(choices !== undefined && { choices: list(choices, 'a list of choices').map(decodeChoice) }),
  };
}

/** The values of a calibration's file but its hash, in the order in which they are written. */
function encode(calibration: Calibration): Fields {
  const { schema, modelHash, sigma, arithmetic, images, draws, seed, fingerprints } = calibration;
  const { deviations, selections, denoisers, choices } = calibration;
  return {
    ...{ schema, modelHash, sigma, arithmetic, images, draws, seed, fingerprints },
    deviations: encodeGates(deviations),
    ...(selections && {
      selections: {
        minority: encodeGates(selections.minority),
        templates: selections.templates.map(encodeGates),
        outputs: encodeGates(selections.outputs),
      },
    }),
    ...(denoisers && { denoisers: denoisers.map(encodeDenoiser) }),
    ...(choices && { choices }),
  };
}

/** Tells calibrations apart, as 16 hexadecimal digits: the hash that {@link writeCalibration} puts into the file. */
export const calibrationHash = (calibration: Calibration): string =>
  contentHash(encode(calibration), 'calibrationHash');

/**
 * The calibration as JSON text: equal calibrations give equal bytes. Numbers of units and filters are base64 of little-endian
 * float32. `hash` is that of the content, so that a file changed by accident is not taken for a measurement.
 */
export function writeCalibration(calibration: Calibration): string {
  const { schema, ...content } = encode(calibration);
  const hash = calibrationHash(calibration);
  return `${JSON.stringify({ schema, hash, ...content }, undefined, 1)}\n`;
}
