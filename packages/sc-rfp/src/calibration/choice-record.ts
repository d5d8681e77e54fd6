import type { Candidate, Choice } from './choice.js';
import { count, list, number, object, oneOf, text } from './fields.js';

const notNegative = [(value: number) => value >= 0, 'from 0'] as const;

function decodeCandidate(value: unknown): Candidate {
  const fields = object(value, 'a candidate');
  return {
    anchor: text(fields, 'anchor'),
    form: oneOf(fields, 'form', ['path-sum', 'layerwise', 'expectation']),
    lambda: number(fields, 'lambda', (v) => v >= 0 && v <= 1, 'in [0, 1]'),
    averageRadius: number(fields, 'averageRadius', ...notNegative),
  };
}

/** @throws {FloatpathError} `invalid-data` naming the field that does not fit */
export function decodeChoice(value: unknown): Choice {
  const fields = object(value, 'a choice');
  return {
    chosen: decodeCandidate(fields['chosen']),
    candidates: list(fields['candidates'], 'a list of candidates').map(decodeCandidate),
    plainAverageRadius: number(fields, 'plainAverageRadius', ...notNegative),
    images: count(fields, 'images', 1),
    n0: count(fields, 'n0', 1),
    n: count(fields, 'n', 1),
    alpha: number(fields, 'alpha', (v) => v > 0 && v < 1, 'in (0, 1)'),
    seed: count(fields, 'seed', 0),
  };
}
