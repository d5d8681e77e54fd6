import { numbersOf, sizeOf, type Engine, type Kernel, type Tensor } from '@floatpath/core';
import { evaluateNode } from '@floatpath/engine';
import { inputRow, type Analysis } from './analysis.js';
import { observe, observedRow } from './observe.js';
import { selectionsOfGate } from './selected.js';

/** What one input does to the network. */
export interface Observed {
  readonly selections: Uint16Array;
  readonly logits: Float64Array;
}

/** Observes patterns on an engine. */
export interface Observer extends AsyncDisposable {
  /** @param x - `[rows, ...shape]`, or one input where rows cannot run together @returns one entry per row */
  observe(x: Tensor): Promise<Observed[]>;
}

/**
 * Loads the observing network of `analysis` on an engine. Rows of which float32 leaves a selection open are settled by a
 * float64 evaluation.
 */
export async function createObserver(engine: Engine, analysis: Analysis): Promise<Observer> {
  const observation = observe(analysis);
  const kernel: Kernel = await engine.load(observation.network);
  return {
    async observe(x) {
      const fetches = await kernel.run({ [analysis.input]: x });
      const logits = numbersOf(fetches[observation.logits] as Tensor);
      const rows = analysis.batched ? (x.shape[0] ?? 1) : 1;
      const classes = logits.length / rows;
      const values = numbersOf(x);
      const size = sizeOf(analysis.inputShape);
      return Array.from({ length: rows }, (_, row): Observed => {
        const observed = observedRow(analysis, observation, fetches, row);
        const selections = observed.near
          ? selectionsAt(analysis, {
              dtype: 'float64',
              shape: analysis.inputShape,
              data: values.slice(row * size, (row + 1) * size),
            })
          : observed.selections;
        return { selections, logits: logits.slice(row * classes, (row + 1) * classes) };
      });
    },
    [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
  };
}

/** The selections of all units at one input, in float64. @throws {FloatpathError} `shape-mismatch`, `not-finite` */
export function selectionsAt(analysis: Analysis, x: Tensor): Uint16Array {
  const values = new Map<string, Tensor>([[analysis.input, inputRow(analysis, x, 'selectionsAt')]]);
  const selections = new Uint16Array(analysis.layout.units);
  for (const step of analysis.steps) {
    const operands = step.operands((name) => values.get(name) as Tensor);
    if (step.gate) selections.set(selectionsOfGate(step.gate, operands), step.gate.start);
    const results = evaluateNode(step.node, operands);
    step.outputs.forEach((name, slot) => values.set(name, results[slot] as Tensor));
  }
  return selections;
}
