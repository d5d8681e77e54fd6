import { float, integer } from '../node-attributes.js';
import type { OpRule } from '../reading.js';
import { fixedShape, formatShape, invalidNode, unsupportedNode } from '../shapes.js';

/**
 * BatchNormalization at inference: (x - mean) / sqrt(variance + epsilon) * scale + shift per channel. `is_test`, `momentum` and
 * the outputs for training have no meaning then.
 */
export const batchNormalization: OpRule = (node, reading) => {
  const [x = '', ...statistics] = node.inputs;
  const shape = reading.shape(x);
  if (integer(node, 'training_mode', 0) !== 0) throw unsupportedNode(node, 'in training mode');
  if (reading.opset < 9 && integer(node, 'spatial', 1) !== 1)
    throw unsupportedNode(node, 'with spatial = 0');
  const fits = (name: string): boolean =>
    fixedShape(node, reading.shape(name)).join() === `${shape[1]}`;
  if (statistics.length !== 4 || !statistics.every(fits)) {
    throw invalidNode(node, `four vectors with one value per channel of ${formatShape(shape)}`);
  }
  reading.emit({ ...node, attributes: { epsilon: float(node, 'epsilon', 1e-5) } }, shape);
};
