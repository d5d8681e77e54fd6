import { malformedIn } from '../as-reader.js';
import type { Group } from './hdf5/open.js';
import {
  missingWeight,
  surplusWeights,
  weightTensor,
  type Place,
  type WeightStore,
} from './weights.js';

const malformed = malformedIn('readKeras');

/** Endings of weights in files of the first generation: `dense_1_W`. */
const early: readonly (readonly [ending: string, name: string])[] = [
  ['_W', 'kernel'],
  ['_b', 'bias'],
  ['_running_mean', 'moving_mean'],
  // It held the variance in spite of its name.
  ['_running_std', 'moving_variance'],
  ['_gamma', 'gamma'],
  ['_beta', 'beta'],
  ['_alphas', 'alpha'],
];

/** `dense_2_1/kernel:0` is the kernel, whatever comes before. */
function weightName(stated: string): string {
  const last = (stated.split('/').at(-1) ?? '').replace(/:\d+$/, '');
  const found = stated.includes('/') ? undefined : early.find(([ending]) => last.endsWith(ending));
  return found?.[1] ?? last;
}

/** Names that a file too long for one attribute spreads over several: `layer_names0`, `layer_names1`, ... */
export function textsOf(group: Group, name: string): readonly string[] | undefined {
  const whole = group.attribute(name);
  if (whole !== undefined) return whole instanceof Float64Array ? [] : whole;
  const parts: string[] = [];
  for (let i = 0; ; i += 1) {
    const part = group.attribute(`${name}${i}`);
    if (part === undefined || part instanceof Float64Array) break;
    parts.push(...part);
  }
  return parts.length === 0 ? undefined : parts;
}

/** The third generation calls the filters of a depthwise convolution its kernel. */
const isCalled = (stated: string, name: string): boolean =>
  weightName(stated) === name || (name === 'depthwise_kernel' && weightName(stated) === 'kernel');

/** The inner model's name comes before the weight's own: `block/dense/kernel:0`. */
const belongsTo = (stated: string, layer: string): boolean => stated.split('/').at(-2) === layer;

/**
 * Weights as files before the third generation keep them, and those of `save_weights`: a group per layer whose attribute
 * `weight_names` says what is in it.
 */
export function h5Weights(group: Group): WeightStore {
  const widened = new Set<string>();

  return {
    widened,
    take(place, names) {
      const [outer = '', ...inner] = place.names;
      const layer = group.group(outer);
      const all = layer === undefined ? [] : (textsOf(layer, 'weight_names') ?? []);
      const own = inner.length === 0 ? all : all.filter((n) => belongsTo(n, inner.at(-1) ?? ''));
      if (own.length > names.length) throw surplusWeights(place, names.length, own.length);
      return names.map((name) => {
        const stated = own.find((candidate) => isCalled(candidate, name));
        const dataset = stated === undefined ? undefined : layer?.dataset(stated);
        if (dataset === undefined) throw missingWeight(place, name);
        if (dataset.type !== 'float32') widened.add(dataset.type);
        return weightTensor(place, name, dataset);
      });
    },
  };
}

/** Where the third generation, and the last versions of the second, file the layers of a model. */
const ROOTS = ['layers', '_layer_checkpoint_dependencies'];

/** Weights as `.keras` archives keep them: by class and running number, and numbered in the order in which they are made. */
export function numberedWeights(group: Group): WeightStore {
  const widened = new Set<string>();
  const root = ROOTS.find((name) => group.group(name) !== undefined);
  if (root === undefined)
    throw malformed(
      `expected a group "layers" in the weights, got ${group.names.join(', ') || 'none'}`,
    );

  return {
    widened,
    take(place: Place, names) {
      const path = place.path.replaceAll(/(^|\/)layers\//g, `$1${root}/`);
      const vars = group.group(`${path}/vars`);
      const count = vars?.names.length ?? 0;
      if (count > names.length) throw surplusWeights(place, names.length, count);
      return names.map((name, i) => {
        const dataset = vars?.dataset(`${i}`);
        if (dataset === undefined) throw missingWeight(place, name);
        if (dataset.type !== 'float32') widened.add(dataset.type);
        return weightTensor(place, name, dataset);
      });
    },
  };
}
