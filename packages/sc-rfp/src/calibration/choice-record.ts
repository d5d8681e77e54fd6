import type { Candidate, Choice } from './choice.js';
import { count, list, number, object, oneOf } from './fields.js';

const notNegative = [(value: number) => value >= 0, 'from 0'] as const;
const share = [(value: number) => value >= 0 && value <= 1, 'in [0, 1]'] as const;

function decodeCandidate(value: unknown): Candidate {
  const fields = object(value, 'a candidate');
  const anchor = oneOf(fields, 'anchor', ['input', 'global', 'denoised']);
  return {
    anchor,
    ...(anchor === 'denoised' && { denoiser: oneOf(fields, 'denoiser', ['full', 'conv']) }),
    ...(anchor === 'global'
      ? { q: number(fields, 'q', ...share) }
      : { kappa: number(fields, 'kappa', ...notNegative) }),
    form: oneOf(fields, 'form', ['path-sum', 'layerwise', 'expectation']),
    lambda: number(fields, 'lambda', ...share),
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
