import { analyze, observe } from '@floatpath/activation-patterns';
import { boolTensor, shapeWithRows, sizeOf, type Feeds, type Network } from '@floatpath/core';
import { givenPartition, splitPaths } from '@floatpath/path-decomp';
import { costOf } from '../engine.js';
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
  shortfall: 'every pre-activation leaves the layout that convolutions run in.',
  open() {
    const network = benchNetwork('cnn');
    return costOf(network, observe(analyze(network)).network, ROWS);
  },
};

export const pathRows: readonly Row[] = [
  decompositionRow('mlp', 1.5, 'the second channel repeats all layers but the first.'),
  decompositionRow(
    'cnn',
    2.2,
    'all layers but the first run twice, 1.9 times the arithmetic, and masks leave the layout that convolutions run in.',
  ),
  traceRow,
];
