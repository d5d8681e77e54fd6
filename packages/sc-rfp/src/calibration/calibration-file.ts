import { fileSchema, FloatpathError } from '@floatpath/core';
import type { Calibration } from './calibration.js';
import { decodeChoice } from './choice-record.js';
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
 * Reads what {@link writeCalibration} wrote. Files made before selections, denoisers and choices were kept have none.
 *
 * @throws {FloatpathError} `malformed-file` if it is not JSON, `schema-version` for another version,
 * `invalid-data` naming the field that does not fit
 */
export function readCalibration(json: string): Calibration {
  const fields = parse(json);
  requireSchema(fields['schema']);
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

/** The calibration as JSON text: equal calibrations give equal bytes. Numbers of units and filters are base64 of little-endian float32. */
export function writeCalibration(calibration: Calibration): string {
  const { deviations, selections, denoisers, choices, ...settings } = calibration;
  const file = {
    ...settings,
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
  return `${JSON.stringify(file, undefined, 1)}\n`;
}
