import {
  FloatpathError,
  fillNormal,
  float32Tensor,
  requireArgument,
  type Float32Tensor,
  type RunOptions,
} from '@floatpath/core';
import { mapThrough, type RegionMap } from '../regions-recipe.js';
import type { ExploredModel } from './explored-model.js';

export interface RegionsAround {
  /** l2 distance of the plane's other two points from the input, in input units. */
  readonly reach: number;
  /** Regions after which the count stops. */
  readonly most: number;
}

/**
 * The linear regions on the plane through an input, a point on the way to another one, and a point in a random direction, drawn from
 * the stream of purpose `anchor`.
 *
 * @throws {FloatpathError} `not-piecewise-linear`; `invalid-argument` for a reach that is not above 0, and where the two inputs are equal
 */
export async function regionsAround(
  model: ExploredModel,
  x: Float32Tensor,
  toward: Float32Tensor,
  { reach, most }: RegionsAround,
  options: RunOptions = {},
): Promise<RegionMap> {
  requireArgument(
    reach > 0 && Number.isFinite(reach),
    `regionsAround: expected a finite reach above 0, got ${reach}`,
  );
  const { analysis } = await model.paths();
  const way = toward.data.map((v, i) => v - (x.data[i] as number));
  const across = new Float32Array(way.length);
  fillNormal(across, 0, across.length, { seed: 0, purpose: 'anchor', image: 0, draw: 0 });
  const inputs = [x, moved(x, way, reach), moved(x, across, reach)] as const;
  return mapThrough(
    analysis,
    inputs,
    ['input', 'attack', 'random'],
    { margin: 0.1, most },
    options,
  );
}

function moved(x: Float32Tensor, direction: Float32Array, reach: number): Float32Tensor {
  const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
  if (length === 0) {
    throw new FloatpathError(
      'invalid-argument',
      'regionsAround: expected two different inputs, got equal ones',
    );
  }
  return float32Tensor(
    x.shape,
    x.data.map((v, i) => v + ((direction[i] as number) / length) * reach),
  );
}
