import {
  FloatpathError,
  sizeOf,
  type Classifier,
  type Model,
  type RunOptions,
} from '@floatpath/core';
import { createClassifier, foldConstants } from '@floatpath/engine';
import type { OrtEngine } from '@floatpath/engine/ort';
import type { VnnlibSpec } from '@floatpath/model-io';
import { createFileClassifier } from '../file-classifier.js';
import { confirmation, type Counterexample } from './confirm.js';
import { rowNetwork } from './row-network.js';
import { createSearch } from './search.js';
import { targetsOf } from './target.js';
import { tryProof } from './try-proof.js';

/**
 * What is known of a specification's unsafe set. `sat`: a point of it, that the file itself confirms. `unsat`: it is proved empty, for
 * the network in real numbers. `unknown`: neither, and why.
 */
export type Falsification =
  | {
      readonly verdict: 'sat';
      readonly counterexample: Counterexample;
      /** Why our reading of the file gave the outputs instead of the file itself; absent for ONNX files. */
      readonly unchecked?: string;
    }
  | { readonly verdict: 'unsat'; readonly reason: string }
  | { readonly verdict: 'unknown'; readonly reason: string };

export interface FalsifyOptions extends Pick<RunOptions, 'signal'> {
  readonly seed: number;
  /** Seconds that remain; asked before every batch. */
  readonly secondsLeft: () => number;
}

/** Shares of the time: for a first search, and up to the end of the proof. The rest is searched again. */
const SEARCH_FIRST = 0.25;
const PROVE_UNTIL = 0.75;

function requireFit({ inputs, outputs, cases }: VnnlibSpec, file: Classifier): void {
  const size = sizeOf(file.inputShape);
  if (size !== inputs || file.classes !== outputs) {
    throw new FloatpathError(
      'shape-mismatch',
      `falsify: expected a specification of ${size} inputs and ${file.classes} outputs, as the network has, got ${inputs} and ${outputs}`,
    );
  }
  for (const { low, high } of cases) {
    const open = low.findIndex((value, i) => !Number.isFinite(value) || !Number.isFinite(high[i]));
    if (open < 0) continue;
    throw new FloatpathError(
      'invalid-data',
      `falsify: expected a specification that bounds every input from both sides, got none for X_${open}`,
    );
  }
}

/**
 * Looks for a point of a specification's unsafe set, and for a proof that there is none.
 *
 * A counterexample is confirmed on the file's own bytes in ONNX Runtime, alone in its batch: its numbers are in the box and the
 * runtime's float32 outputs meet the constraints in real arithmetic, without a tolerance. `unsat` is about the network in real numbers: every
 * part of every box is excluded by bounds that are sound in float64. Inputs are in the units of the network's own.
 *
 * @throws {FloatpathError} `shape-mismatch`, `invalid-data` for a box without an end, `invalid-network` for several inputs
 */
export async function falsify(
  runtime: OrtEngine,
  model: Model,
  spec: VnnlibSpec,
  { seed, secondsLeft, signal }: FalsifyOptions,
): Promise<Falsification> {
  const declared = model.kind === 'graph' ? model.network.inputs[0] : model.inputs[0];
  const shape = (declared?.shape ?? []).slice(1).map((extent) => Number(extent) || 1);
  await using file = await createFileClassifier(runtime, model, shape, {
    bounds: [0, 1],
    layout: 'nchw',
  });
  requireFit(spec, file);
  if (spec.cases.length === 0) {
    return { verdict: 'unsat', reason: 'the specification itself has no points' };
  }
  const targets = targetsOf(spec);
  const { confirm, counterexample } = confirmation(file);
  const network = model.kind === 'graph' ? foldConstants(rowNetwork(model.network)) : undefined;
  await using searched =
    network === undefined ? file : await createClassifier(runtime, network, { bounds: [0, 1] });
  const search = createSearch(searched, targets, { seed, confirm });
  const total = secondsLeft();
  const leftUntil = (share: number) => (): number => {
    signal?.throwIfAborted();
    return secondsLeft() - (1 - share) * total;
  };
  const searchUntil = (share: number): Promise<boolean> => {
    const left = leftUntil(share);
    return search(() => left() > 0);
  };

  const satisfied = (point: Counterexample): Falsification => ({
    verdict: 'sat',
    counterexample: point,
    ...(file.unchecked === undefined ? {} : { unchecked: file.unchecked }),
  });

  await searchUntil(SEARCH_FIRST);
  const early = counterexample();
  if (early !== undefined) return satisfied(early);
  const proof =
    network === undefined
      ? 'its ops are not read, so nothing can be proved'
      : await tryProof(network, searched, targets, {
          confirm,
          secondsLeft: leftUntil(PROVE_UNTIL),
        });
  if (proof === 'empty') return { verdict: 'unsat', reason: 'bounds leave no counterexample' };
  if (counterexample() === undefined) await searchUntil(1);
  const found = counterexample();
  if (found !== undefined) return satisfied(found);
  return { verdict: 'unknown', reason: `the search found no counterexample in time; ${proof}` };
}
