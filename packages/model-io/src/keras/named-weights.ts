import { missingWeight, weightTensor, type Place, type WeightStore } from './weights.js';

interface NamedWeight {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** `block/dense/kernel` or `dense/cell/kernel`, of which TensorFlow.js takes the first and the last part or the last two. */
function lastTwo(name: string): string {
  return name.split('/').slice(-2).join('/');
}

/** Weights by `layer/weight`, as TensorFlow.js and its converter name them. */
export function namedWeights(
  byName: ReadonlyMap<string, NamedWeight>,
  widened: ReadonlySet<string> = new Set(),
): WeightStore {
  const shortened = new Map<string, string>();
  for (const name of byName.keys()) {
    const parts = name.split('/');
    for (const short of [lastTwo(name), [...parts.slice(0, -2), parts.at(-1)].join('/')])
      if (!byName.has(short)) shortened.set(short, name);
  }
  return {
    widened,
    take(place: Place, names) {
      return names.map((name) => {
        const wanted = `${place.names.at(-1) ?? ''}/${name}`;
        const weight = byName.get(wanted) ?? byName.get(shortened.get(wanted) ?? '');
        if (weight === undefined) throw missingWeight(place, name);
        return weightTensor(place, name, weight);
      });
    },
  };
}
