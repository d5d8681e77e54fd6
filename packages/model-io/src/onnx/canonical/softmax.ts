import { integer } from '../node-attributes.js';
import type { OpRule } from '../reading.js';
import { elements, frontAxis, invalidNode } from '../shapes.js';
import { emitReshape } from './reshape.js';

/**
 * Softmax and LogSoftmax along one axis. Before opset 13 they ran over everything from `axis` on at once: where that is more
 * than one axis, it becomes one by a Reshape before and back after.
 */
export const softmax: OpRule = (node, reading) => {
  const [x = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const shape = reading.shape(x);
  const overOneAxis = reading.opset >= 13;
  const stated = frontAxis(node, integer(node, 'axis', overOneAxis ? -1 : 1), shape.length);
  if (overOneAxis) {
    if (shape[stated] === 'batch') throw invalidNode(node, 'rows that are kept apart');
    reading.emit({ ...node, inputs: [x], attributes: { axis: stated } }, shape);
    return;
  }
  // One row taken together with its batch axis is the row itself.
  const first = stated === 0 && shape[0] === 'batch' && reading.fileRows === 1 ? 1 : stated;
  const long = shape.flatMap((extent, axis) => (axis >= first && extent !== 1 ? [axis] : []));
  if (long.length <= 1) {
    const [axis = shape.length - 1] = long;
    if (shape[axis] === 'batch') throw invalidNode(node, 'rows that are kept apart');
    reading.emit({ ...node, inputs: [x], attributes: { axis } }, shape);
    return;
  }
  const flat = [...shape.slice(0, first), elements(node, shape.slice(first))];
  const before = reading.freshName(`${output}_flat`);
  const after = reading.freshName(`${output}_flat_out`);
  emitReshape({ ...node, inputs: [x], outputs: [before] }, flat, reading);
  reading.emit({ ...node, inputs: [before], outputs: [after], attributes: { axis: first } }, flat);
  emitReshape({ ...node, inputs: [after], outputs: [output] }, shape, reading);
};
