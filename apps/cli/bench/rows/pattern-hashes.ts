import {
  analyze,
  createObserver,
  createPatternDictionary,
  createPatternHasher,
  packPattern,
} from '@floatpath/activation-patterns';
import type { Engine, Network } from '@floatpath/core';
import { costOf, engine, rowsFor } from '../engine.js';
import { byCpu } from '../measure.js';
import { benchNetwork, type NetworkKey } from '../networks.js';
import type { Row } from '../row.js';

/** What a pattern hasher of `network` runs on its engine. */
async function hashingNetwork(network: Network): Promise<Network> {
  let loaded = network;
  const recording: Engine = {
    name: engine.name,
    load(given) {
      loaded = given;
      return engine.load(given);
    },
  };
  await (
    await createPatternHasher(recording, analyze(network), { seed: 0 })
  )[Symbol.asyncDispose]();
  return loaded;
}

function traceRow(key: NetworkKey, goal: number, rows: number): Row {
  return {
    id: `hash-trace-${key}`,
    what: `a hash of the selections of all units, ${key.toUpperCase()}, ${rows} rows: times the plain forward pass`,
    goal,
    sense: 'at most',
    rounds: 9,
    async open() {
      const network = benchNetwork(key);
      return costOf(network, await hashingNetwork(network), rows);
    },
  };
}

/** Which rows share a pattern, open rows settled in float64 on both sides. */
function distinctRow(key: NetworkKey, goal: number, rows: number): Row {
  return {
    id: `distinct-${key}`,
    what: `how many patterns a stream has, ${key.toUpperCase()}, ${rows} rows a batch: hashed in the graph over packed and hashed row by row`,
    goal,
    sense: 'at least',
    rounds: 9,
    async open() {
      const network = benchNetwork(key);
      const analysis = analyze(network);
      const x = rowsFor(network, rows);
      const hasher = await createPatternHasher(engine, analysis, { seed: 0 });
      const observer = await createObserver(engine, analysis);
      const dictionary = createPatternDictionary(analysis.layout, { seed: 0 });
      const keys = new Set<string>();
      return {
        first: byCpu(async () => {
          for (const of of await hasher.hash(x)) keys.add(of);
          return rows;
        }),
        second: byCpu(async () => {
          for (const { selections } of await observer.observe(x)) {
            dictionary.add(packPattern(analysis.layout, selections));
          }
          return rows;
        }),
        async close() {
          await hasher[Symbol.asyncDispose]();
          await observer[Symbol.asyncDispose]();
        },
      };
    },
  };
}

export const patternHashRows: readonly Row[] = [
  traceRow('cnn', 1.6, 64),
  traceRow('mlp', 1.25, 64),
  distinctRow('cnn', 1.5, 250),
  distinctRow('mlp', 1.5, 250),
];
