import { passes } from '../engine.js';
import { benchNetwork, benchNetworks, type NetworkKey } from '../networks.js';
import { againstTorch, type Row } from '../row.js';

export const forwardRows: readonly Row[] = (['cnn', 'mlp'] as const).map((key: NetworkKey) => {
  const { name } = benchNetworks[key];
  return againstTorch(
    {
      id: `forward-${key}`,
      what: `forward pass of ${name}, 1,000 rows`,
      goal: 1.1,
      rounds: 3,
      torch: ['forward', '--model', name, '--batch', '1000'],
    },
    async () => {
      const { measure, close } = await passes(benchNetwork(key), 1000);
      return { ours: measure, close };
    },
  );
});
