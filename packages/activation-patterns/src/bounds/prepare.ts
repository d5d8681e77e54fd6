import { FloatpathError, float64Tensor, sizeOf, type Float64Tensor } from '@floatpath/core';
import { evaluateNode, inferTypes } from '@floatpath/engine';
import type { Analysis, AnalysisGate } from '../analysis.js';
import { gammaOf } from '../interval.js';
import { createProbe } from './probe.js';
import { mapsOf } from './read-maps.js';
import { isIdentity, type SparseMap } from './sparse-map.js';

/** A value of the network: values that are copies of each other are one. */
export type ValueId = number;

/** An affine node as sparse maps between values. */
export interface LinearStep {
  readonly kind: 'affine';
  readonly maps: readonly {
    readonly input: ValueId;
    readonly output: ValueId;
    readonly map: SparseMap;
  }[];
  /** What the node adds, per output. */
  readonly outputs: readonly {
    readonly name: string;
    readonly value: ValueId;
    readonly offset: Float64Array;
  }[];
}

/** A gate between values. */
export interface GateStep {
  readonly kind: 'gate';
  readonly gate: AnalysisGate;
  /** Per input slot; undefined at constants. */
  readonly inputs: readonly (ValueId | undefined)[];
  readonly output: ValueId;
}

/** A network prepared for bounds by backward substitution. Make it once and use it for many regions. */
export interface PreparedBounds {
  readonly analysis: Analysis;
  /** One per step of the analysis; undefined where the step only copies. */
  readonly steps: readonly (LinearStep | GateStep | undefined)[];
  readonly sizes: readonly number[];
  readonly valueOf: ReadonlyMap<string, ValueId>;
  /** Relative roundoff of every term of a bound; see {@link prepareBounds}. */
  readonly kappa: number;
  /** Numbers kept of all maps. */
  readonly entries: number;
}

/** About 20 bytes each. */
const MOST_ENTRIES = 1 << 26;

/**
 * Reads the linear map of every affine node, without its zeros.
 *
 * Rounding: no sum in a substitution, and no output of the network's own float64 evaluation, has more terms than the
 * network has numbers, N. So a term a_i (W h + b)_i of a bound, with h within the bounds of its value, is wrong by at most 4 gamma_N |a_i|
 * (|W||h| + |b|)_i: one gamma_N each for the evaluation that the bound must hold for, for the product a W that is
 * computed from it, for the entries of W and for the sum of all terms. `kappa` is that, with room for second-order terms.
 *
 * @throws {FloatpathError} `unsupported-op` where the maps together have more than 2^26 non-zero weights
 */
export function prepareBounds(analysis: Analysis): PreparedBounds {
  const types = inferTypes(analysis.network);
  const shapeOf = (name: string): readonly number[] => types.get(name)?.shape ?? [];
  const valueOf = new Map<string, ValueId>();
  const sizes: number[] = [];
  const define = (name: string): ValueId => {
    valueOf.set(name, sizes.length);
    return sizes.push(sizeOf(shapeOf(name))) - 1;
  };
  define(analysis.input);
  let entries = 0;
  const steps = analysis.steps.map((step): LinearStep | GateStep | undefined => {
    if (step.gate !== undefined) {
      const inputs = step.gate.inputs.map((name) =>
        name === undefined ? undefined : valueOf.get(name),
      );
      return { kind: 'gate', gate: step.gate, inputs, output: define(step.gate.output) };
    }
    const slots = step.node.inputs
      .map((name, slot) => ({ name, slot }))
      .filter(({ name, slot }) => name !== '' && !step.isConstant(slot));
    const maps = slots.map(({ slot }) =>
      mapsOf(createProbe(step, slot, shapeOf, analysis.batched)),
    );
    const zeros = step.operands((name) => float64Tensor(shapeOf(name)));
    const offsets = evaluateNode(step.node, zeros) as readonly Float64Tensor[];
    const [only] = maps;
    const copy = only?.[0];
    if (
      slots.length === 1 &&
      step.outputs.length === 1 &&
      copy !== undefined &&
      isIdentity(copy) &&
      offsets[0]?.data.every((value) => value === 0)
    ) {
      valueOf.set(step.outputs[0] as string, valueOf.get(slots[0]?.name as string) as ValueId);
      return undefined;
    }
    for (const of of maps) for (const map of of) entries += map.row.length;
    if (entries > MOST_ENTRIES) {
      throw new FloatpathError(
        'unsupported-op',
        `prepareBounds: expected affine nodes of at most ${MOST_ENTRIES} non-zero weights in all, got more at node "${step.node.name}"; prove by intervals instead`,
      );
    }
    const outputs = step.outputs.map((name, slot) => ({
      name,
      value: define(name),
      offset: (offsets[slot] as Float64Tensor).data,
    }));
    return {
      kind: 'affine',
      outputs,
      maps: slots.flatMap(({ name }, s) =>
        outputs.map(({ value }, output) => ({
          input: valueOf.get(name) as ValueId,
          output: value,
          map: maps[s]?.[output] as SparseMap,
        })),
      ),
    };
  });
  const numbers = sizes.reduce((sum, size) => sum + size, 64);
  return { analysis, steps, sizes, valueOf, kappa: 4.04 * gammaOf(numbers), entries };
}
