import type { Preprocessing } from '@floatpath/core';
import { inputShapeOf, type Architecture, type LayerSpec } from './architecture.js';

const statesFirst = ({ settings, model }: LayerSpec): boolean =>
  settings['data_format'] === 'channels_first' || (model?.layers.some(statesFirst) ?? false);

/** The order of axes of a model that reads images; `undefined` for other inputs. */
export function inputLayoutOf(model: Architecture): Preprocessing['layout'] | undefined {
  const input = model.layers.find(({ name }) => name === model.inputs[0]?.layer);
  const shape = input === undefined ? undefined : inputShapeOf(input.settings);
  if (!Array.isArray(shape) || shape.length !== 4) return undefined;
  return model.layers.some(statesFirst) ? 'nchw' : 'nhwc';
}
