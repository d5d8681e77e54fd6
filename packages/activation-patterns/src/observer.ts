import {
  float64Tensor,
  numbersOf,
  sizeOf,
  type Engine,
  type Float64Tensor,
  type Kernel,
  type Tensor,
} from '@floatpath/core';
import { evaluateNode } from '@floatpath/engine';
import { inputRow, requireFinite, type Analysis } from './analysis.js';
import { observe, observedRow } from './observe.js';
import { selectionsOfGate } from './selected.js';

/** What one input does to the network. */
export interface Observed {
  readonly selections: Uint16Array;
  readonly logits: Float64Array;
}

/** Observes patterns on an engine. */
export interface Observer extends AsyncDisposable {
  /**
   * @param x - `[rows, ...shape]`, or one input where rows cannot run together
   * @returns one entry per row
   * @throws {FloatpathError} `shape-mismatch`, `not-finite`
   */
  observe(x: Tensor): Promise<Observed[]>;
}

/**
 * Loads the observing network of `analysis` on an engine. Rows of which float32 leaves a selection open are settled by a
 * float64 evaluation up to the last gate that has one.
 */
export async function createObserver(engine: Engine, analysis: Analysis): Promise<Observer> {
  const observation = observe(analysis);
  const kernel: Kernel = await engine.load(observation.network);
  return {
    async observe(x) {
      requireFinite(x, 'observe');
      const fetches = await kernel.run({ [analysis.input]: x });
      const logits = numbersOf(fetches[observation.logits] as Tensor);
      const rows = analysis.batched ? (x.shape[0] ?? 1) : 1;
      const classes = logits.length / rows;
      return Array.from({ length: rows }, (_, row): Observed => {
        const { selections, open } = observedRow(analysis, observation, fetches, row);
        if (open > 0) settleSelections(analysis, rowAt(analysis, x, row), open, selections);
        return { selections, logits: logits.slice(row * classes, (row + 1) * classes) };
      });
    },
    [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
  };
}

/** Row `row` of a batch, in float64. */
export function rowAt({ inputShape }: Analysis, x: Tensor, row: number): Float64Tensor {
  const size = sizeOf(inputShape);
  const data = x.data.subarray(row * size, (row + 1) * size);
  return float64Tensor(inputShape, numbersOf({ ...x, shape: inputShape, data } as Tensor));
}

/** The selections of all units at one input, in float64. @throws {FloatpathError} `shape-mismatch`, `not-finite` */
export function selectionsAt(analysis: Analysis, x: Tensor): Uint16Array {
  const selections = new Uint16Array(analysis.layout.units);
  const row = inputRow(analysis, x, 'selectionsAt');
  settleSelections(analysis, row, analysis.gates.length, selections);
  return selections;
}

/** Writes the selections of the first `gates` gates at one input, in float64, to `selections`. */
export function settleSelections(
  analysis: Analysis,
  x: Float64Tensor,
  gates: number,
  selections: Uint16Array,
): void {
  const values = new Map<string, Tensor>([[analysis.input, x]]);
  let left = gates;
  for (const step of analysis.steps) {
    const operands = step.operands((name) => values.get(name) as Tensor);
    if (step.gate) {
      selections.set(selectionsOfGate(step.gate, operands), step.gate.start);
      left -= 1;
    }
    if (left <= 0) return;
    const results = evaluateNode(step.node, operands);
    step.outputs.forEach((name, slot) => values.set(name, results[slot] as Tensor));
  }
}
