import { float32Tensor, type Classifier } from '@floatpath/core';
import type { Candidate } from './search.js';
import { meets } from './target.js';

/** A point of the unsafe set. */
export interface Counterexample {
  /** In the box, exactly; the network ran at the nearest float32 values, which these are wherever the box holds one. */
  readonly inputs: Float64Array;
  /** The network's own. */
  readonly outputs: Float32Array;
}

/** Decides on candidates by the file's own outputs, one row at a time, and keeps the first that holds. */
export function confirmation(file: Classifier): {
  readonly confirm: (candidate: Candidate) => Promise<boolean>;
  readonly counterexample: () => Counterexample | undefined;
} {
  let kept: Counterexample | undefined;
  return {
    async confirm({ target, x }) {
      const { data: outputs } = await file.logits(float32Tensor([1, ...file.inputShape], x));
      if (!outputs.every(Number.isFinite)) return false;
      if (!meets(target, x, outputs)) return false;
      kept = { inputs: target.box.stated(x), outputs };
      return true;
    },
    counterexample: () => kept,
  };
}
