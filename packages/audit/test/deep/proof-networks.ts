import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Analysis } from '@floatpath/activation-patterns';
import { fillUniform, float64Tensor, numbersOf, sizeOf, type Tensor } from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { readVnnlib, type VnnlibSpec } from '@floatpath/model-io';
import { SEED } from './proof-check.js';

export const networksFolder = new URL('../../../../../shared/networks/', import.meta.url);

export interface Instance {
  readonly bench: string;
  readonly net: string;
  /** A file, or none: a box around a drawn input. */
  readonly spec: string | undefined;
  readonly expected: 'sat' | 'unsat' | 'open' | 'drawn';
  readonly counterexample: { readonly X: readonly number[] } | null;
}

interface Listed {
  readonly file: string;
  readonly kind: string;
  readonly onnx?: { readonly pwl?: boolean };
}

export function bytesOf(file: string): Uint8Array {
  const bytes = readFileSync(new URL(file.replace(/#/g, '%23'), networksFolder));
  return new Uint8Array(file.endsWith('.gz') ? gunzipSync(bytes) : bytes);
}

const json = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(file, networksFolder), 'utf8'));

/** The piecewise-linear ONNX networks of VNN-COMP, Marabou and ERAN. */
export function piecewiseLinearFiles(): string[] {
  const { files } = json('MANIFEST.json') as { files: readonly Listed[] };
  return files
    .filter(
      ({ file, kind, onnx }) =>
        kind === 'onnx' && onnx?.pwl && /^(vnncomp|marabou|eran)\//.test(file),
    )
    .map(({ file }) => file);
}

/**
 * The published instances, and one drawn box for each piecewise-linear network of VNN-COMP, Marabou and ERAN without any; by
 * network, those with a counterexample first; the many networks of ACAS Xu are late.
 */
export function instancesByNetwork(): Map<string, readonly Instance[]> {
  const { instances } = json('GROUND_TRUTH.json') as { instances: readonly Instance[] };
  const drawn = piecewiseLinearFiles()
    .filter((file) => !instances.some(({ net }) => net === file))
    .map((file): Instance => {
      const [group = '', bench = ''] = file.split('/');
      return {
        bench: group === 'vnncomp' ? bench : group,
        net: file,
        spec: undefined,
        expected: 'drawn',
        counterexample: null,
      };
    });
  const sorted = [...instances, ...drawn].sort(
    (a, b) => Number(b.counterexample !== null) - Number(a.counterexample !== null),
  );
  const benchesOf = (of: readonly Instance[]): string[] => [
    ...new Set(of.map(({ bench }) => bench)),
  ];
  const benches = new Set([...benchesOf(instances).reverse(), ...benchesOf(drawn).reverse()]);
  const byNetwork = new Map<string, Instance[]>();
  for (const bench of benches) {
    for (const instance of sorted.filter((one) => one.bench === bench)) {
      byNetwork.set(instance.net, [...(byNetwork.get(instance.net) ?? []), instance]);
    }
  }
  return byNetwork;
}

/** How far a drawn box reaches from its center, in linf. */
const STEP = 0.02;

/** The specification of an instance; a drawn one asks whether the second greatest output can overtake the greatest. */
export async function specOf({ spec }: Instance, analysis: Analysis): Promise<VnnlibSpec> {
  if (spec !== undefined) return readVnnlib(bytesOf(spec));
  const center = new Float64Array(sizeOf(analysis.inputShape));
  fillUniform(center, { seed: SEED, purpose: 'calibration', image: 1, draw: 0 });
  await using kernel = await referenceEngine().load(analysis.network);
  const fetches = await kernel.run({
    [analysis.input]: float64Tensor(analysis.inputShape, center),
  });
  const data = numbersOf(fetches[analysis.logits] as Tensor);
  const order = Array.from(data, (_, i) => i).sort(
    (a, b) => (data[b] as number) - (data[a] as number),
  );
  const [first = 0, second] = order;
  const terms = [
    { index: first, weight: 1 },
    ...(second === undefined ? [] : [{ index: second, weight: -1 }]),
  ];
  return {
    inputs: center.length,
    outputs: data.length,
    cases: [
      {
        low: center.map((x) => x - STEP),
        high: center.map((x) => x + STEP),
        constraints: [{ inputs: [], outputs: terms, bound: 0, strict: false }],
      },
    ],
  };
}
