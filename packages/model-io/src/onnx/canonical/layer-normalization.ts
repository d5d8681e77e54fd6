import { float, integer } from '../node-attributes.js';
import type { OpRule } from '../reading.js';
import { broadcast, fixedShape, formatShape, frontAxis, invalidNode } from '../shapes.js';

/** LayerNormalization over every axis from `axis` on; its mean and deviation (further outputs) are not kept. */
export const layerNormalization: OpRule = (node, reading) => {
  const [x = '', ...parameters] = node.inputs;
  const shape = reading.shape(x);
  const axis = frontAxis(node, integer(node, 'axis', -1), shape.length);
  const normalized = fixedShape(node, shape.slice(axis));
  const fits = (name: string): boolean =>
    name === '' || broadcast(node, normalized, reading.shape(name)).join() === normalized.join();
  if (parameters.length === 0 || !parameters.every(fits)) {
    throw invalidNode(node, `a scale that fits ${formatShape(normalized)}`);
  }
  const epsilon = float(node, 'epsilon', 1e-5);
  reading.emit({ ...node, attributes: { axis, epsilon } }, shape);
};
