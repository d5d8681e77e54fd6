import { readFileSync } from 'node:fs';
import { fillUniform } from '@floatpath/core';
import { clopperPearsonLower, normalQuantile } from '@floatpath/statistics';
import { gate, parseRule, type Report, type Verdict } from '../src/index.js';
import { madeReport, type MadeImage } from './gate-report.js';

interface Recorded {
  readonly n: number;
  /** Of n noisy copies of each image, those that get the true label. */
  readonly rightDraws: readonly number[];
}

const recorded = JSON.parse(
  readFileSync(new URL('golden/recorded-counts.json', import.meta.url), 'utf8'),
) as Recorded;

export const radii = [0, 0.25, 0.5] as const;
const rules = radii.map((radius) => parseRule(`certified@${radius} >= baseline`));
const [SIGMA, ALPHA] = [0.25, 0.001];

/** For each recorded count k, P(Bin(n, k/n) <= j) for j from 0 on. */
const cumulative = new Map<number, Float64Array>();

function cumulativeOf(k: number): Float64Array {
  const known = cumulative.get(k);
  if (known !== undefined) return known;
  const { n } = recorded;
  const [p, q] = [k / n, 1 - k / n];
  const table = new Float64Array(n + 1);
  // Summed from the mode outwards, then scaled, so that nothing underflows.
  table[k] = 1;
  for (let j = k; j < n; j += 1)
    table[j + 1] = ((table[j] as number) * (n - j) * p) / ((j + 1) * q);
  for (let j = k; j > 0; j -= 1) table[j - 1] = ((table[j] as number) * j * q) / ((n - j + 1) * p);
  const total = table.reduce((sum, value) => sum + value, 0);
  let running = 0;
  for (let j = 0; j <= n; j += 1) table[j] = running += (table[j] as number) / total;
  cumulative.set(k, table);
  return table;
}

/** Another n draws of the image whose recorded count is k. */
function redrawn(k: number, uniform: number): number {
  if (k === 0 || k === recorded.n) return k;
  const table = cumulativeOf(k);
  let [low, high] = [0, recorded.n];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((table[middle] as number) >= uniform) high = middle;
    else low = middle + 1;
  }
  return low;
}

const radiusOf = new Map<number, number | null>();

/** Cohen's radius of k right draws, as the real numbers have it. */
function imageOf(k: number): MadeImage {
  let radius = radiusOf.get(k);
  if (radius === undefined) {
    const lower = clopperPearsonLower(k, recorded.n, ALPHA);
    radius = lower > 0.5 ? SIGMA * normalQuantile(lower) : null;
    radiusOf.set(k, radius);
  }
  return { clean: true, robust: true, radius };
}

/** A report of fresh draws, keyed by the number of the report, in which the first of `broken` images are broken. */
function drawnReport(draw: number, broken: number): Report {
  const { rightDraws } = recorded;
  const uniforms = new Float64Array(rightDraws.length * 2);
  fillUniform(uniforms, { seed: 20, purpose: 'selection', image: 0, draw });
  const images = rightDraws.map((k, i) => imageOf(redrawn(k, uniforms[i] as number)));
  // Certified images in an order that the same key gives.
  const order = images
    .flatMap(({ radius }, i) => (radius !== null && radius >= 0.5 ? [i] : []))
    .sort((a, b) => (uniforms[500 + a] as number) - (uniforms[500 + b] as number));
  const lost = new Set(order.slice(0, broken));
  return madeReport([images.map((image, i) => (lost.has(i) ? { ...image, radius: null } : image))]);
}

/** The verdict on a pair of reports with independent draws, of which the later one has `broken` images less. */
export function verdictOnPair(pair: number, broken: number): Verdict {
  const baseline = drawnReport(2 * pair, 0);
  const report = drawnReport(2 * pair + 1, broken);
  return gate(report, rules, { version: '0', baseline });
}
