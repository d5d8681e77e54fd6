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
import { search } from './search.js';
import { targetsOf } from './target.js';

/**
 * What is known of a specification's unsafe set. `sat`: a point of it, that the file itself confirms. `unsat`: it is proved empty, for
 * the network in real numbers. `unknown`: neither, and why.
 */
export type Falsification =
  | { readonly verdict: 'sat'; readonly counterexample: Counterexample }
  | { readonly verdict: 'unsat'; readonly reason: string }
  | { readonly verdict: 'unknown'; readonly reason: string };

export interface FalsifyOptions extends Pick<RunOptions, 'signal'> {
  readonly seed: number;
  /** Seconds that remain; asked before every batch. */
  readonly secondsLeft: () => number;
}

/** Searching with the network's gradient, or with the file's outputs where its ops are not read or have none. */
async function searchedClassifier(
  runtime: OrtEngine,
  model: Model,
  file: Classifier & AsyncDisposable,
): Promise<Classifier & AsyncDisposable> {
  if (model.kind === 'opaque') return file;
  const network = foldConstants(rowNetwork(model.network));
  return createClassifier(runtime, network, { bounds: [0, 1] });
}

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
 * runtime's float32 outputs meet the constraints in real arithmetic, without a tolerance. Inputs are in the units of the network's own.
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
  await using searched = await searchedClassifier(runtime, model, file);
  const { confirm, counterexample } = confirmation(file);
  const mayGoOn = (): boolean => {
    signal?.throwIfAborted();
    return secondsLeft() > 0;
  };
  await search(searched, targetsOf(spec), { mayGoOn, seed, confirm });
  const found = counterexample();
  if (found !== undefined) return { verdict: 'sat', counterexample: found };
  return { verdict: 'unknown', reason: 'the search found no counterexample in time' };
}
