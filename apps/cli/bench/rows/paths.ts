import {
  analyze,
  createFiringCounter,
  createFiringRates,
  createObserver,
  observe,
} from '@floatpath/activation-patterns';
import { boolTensor, shapeWithRows, sizeOf, type Feeds, type Network } from '@floatpath/core';
import { givenPartition, splitPaths } from '@floatpath/path-decomp';
import { costOf, engine, rowsFor } from '../engine.js';
import { byCpu } from '../measure.js';
import { benchNetwork, type NetworkKey } from '../networks.js';
import type { Row } from '../row.js';

const ROWS = 64;

/** Masks without pattern, six in ten units fixed. */
function someMasks(network: Network, rows: number): Feeds {
  return Object.fromEntries(
    network.inputs.slice(1).map((input) => {
      const shape = shapeWithRows(input, rows);
      const mask = Uint8Array.from({ length: sizeOf(shape) }, (_, i) =>
        Math.sin(7 * i) > 0.31 ? 1 : 0,
      );
      return [input.name, boolTensor(shape, mask)];
    }),
  );
}

function decompositionRow(key: NetworkKey, goal: number, shortfall: string): Row {
  return {
    id: `decomposition-${key}`,
    what: `logits with their fixed part, a mask per row, ${key.toUpperCase()}, ${ROWS} rows: times the plain forward pass`,
    goal,
    sense: 'at most',
    rounds: 9,
    shortfall,
    open() {
      const network = benchNetwork(key);
      const split = splitPaths(network, {
        partition: givenPartition(),
        selection: 'own',
        form: 'fixed-only',
      });
      return costOf(network, split, ROWS, someMasks(split, ROWS));
    },
  };
}

const traceRow: Row = {
  id: 'trace-cnn',
  what: `logits with the selection of every unit, CNN, ${ROWS} rows: times the plain forward pass`,
  goal: 1.6,
  sense: 'at most',
  rounds: 9,
  shortfall:
    'every pre-activation leaves the layout that convolutions run in, and a layer that is read twice is not fused with its Relu.',
  open() {
    const network = benchNetwork('cnn');
    return costOf(network, observe(analyze(network)).network, ROWS);
  },
};

/** Firing rates of a stream, counted in the graph and row by row. */
function ratesRow(key: NetworkKey): Row {
  return {
    id: `rates-${key}`,
    what: `how often every unit fires, ${key.toUpperCase()}, ${ROWS} rows a batch: counted in the graph over counted row by row`,
    goal: 1,
    sense: 'at least',
    rounds: 9,
    async open() {
      const network = benchNetwork(key);
      const analysis = analyze(network);
      const x = rowsFor(network, ROWS);
      const counter = await createFiringCounter(engine, analysis);
      const observer = await createObserver(engine, analysis);
      const rates = createFiringRates(analysis.layout);
      return {
        first: byCpu(async () => {
          await counter.add(x);
          return ROWS;
        }),
        second: byCpu(async () => {
          for (const { selections } of await observer.observe(x)) rates.add(selections);
          return ROWS;
        }),
        async close() {
          await counter[Symbol.asyncDispose]();
          await observer[Symbol.asyncDispose]();
        },
      };
    },
  };
}

export const pathRows: readonly Row[] = [
  decompositionRow('mlp', 1.5, 'the second channel repeats all layers but the first.'),
  decompositionRow(
    'cnn',
    2.2,
    'all layers but the first run twice; in a profile their arithmetic is 1.93 plain passes, moving values in and out of the layout that convolutions run in 0.14, and masks 0.27.',
  ),
  traceRow,
  ratesRow('mlp'),
  ratesRow('cnn'),
];
