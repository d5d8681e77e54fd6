import { integer, integers } from '../node-attributes.js';
import type { OpRule } from '../reading.js';
import { fixedShape, formatShape, invalidNode } from '../shapes.js';
import { emitDilatedAverage } from './dilated-average.js';
import { oneAxisAsTwo } from './one-axis.js';
import { slidExtents, spatialShape, windowOf } from './window.js';

/** Conv over any number of spatial axes: `auto_pad` becomes explicit pads, every attribute is written out. */
export const conv: OpRule = oneAxisAsTwo((node, reading) => {
  const [x = '', w = '', bias] = node.inputs;
  const shape = reading.shape(x);
  const spatial = spatialShape(node, shape);
  const weight = fixedShape(node, reading.shape(w));
  const [filters = 0, channelsPerGroup = 0, ...kernel] = weight;
  const group = integer(node, 'group', 1);
  const fits =
    kernel.length === spatial.length &&
    group >= 1 &&
    shape[1] === channelsPerGroup * group &&
    filters % group === 0;
  if (!fits) {
    throw invalidNode(
      node,
      `a filter for input ${formatShape(shape)} in ${group} groups, got ${formatShape(weight)},`,
    );
  }
  const named = integers(node, 'kernel_shape', kernel, 1);
  if (named.some((extent, i) => extent !== kernel[i])) {
    throw invalidNode(
      node,
      `attribute kernel_shape to be that of the filter, [${kernel.join(', ')}],`,
    );
  }
  if (bias !== undefined && fixedShape(node, reading.shape(bias)).join() !== `${filters}`) {
    throw invalidNode(
      node,
      `a bias of ${filters} values, got ${formatShape(reading.shape(bias))},`,
    );
  }
  const window = windowOf(node, spatial, kernel);
  const extents = slidExtents({ ...node, attributes: {} }, spatial, window);
  reading.emit({ ...node, attributes: { ...window, group } }, [shape[0] ?? 1, filters, ...extents]);
}, 1);

/** MaxPool and AveragePool, every attribute written out. */
export const pool: OpRule = oneAxisAsTwo((node, reading) => {
  const [x = ''] = node.inputs;
  const shape = reading.shape(x);
  const spatial = spatialShape(node, shape);
  if (node.attributes['kernel_shape'] === undefined)
    throw invalidNode(node, 'attribute kernel_shape');
  const { dilations, ...window } = windowOf(
    node,
    spatial,
    integers(node, 'kernel_shape', spatial, 1),
  );
  const extents = slidExtents(node, spatial, { ...window, dilations });
  const ceil = { ceil_mode: integer(node, 'ceil_mode', 0) === 0 ? 0 : 1 };
  const output = [shape[0] ?? 1, shape[1] ?? 1, ...extents];
  if (node.op === 'MaxPool') {
    // Which window an element came from (a second output) is not kept.
    reading.emit({ ...node, attributes: { ...window, ...ceil, dilations } }, output);
    return;
  }
  const count_include_pad = integer(node, 'count_include_pad', 0) === 0 ? 0 : 1;
  if (dilations.some((dilation) => dilation !== 1)) {
    const form = { ...window, dilations };
    emitDilatedAverage(node, reading, spatial, form, output, count_include_pad === 1);
    return;
  }
  reading.emit({ ...node, attributes: { ...window, ...ceil, count_include_pad } }, output);
});

/** GlobalAveragePool, GlobalMaxPool. */
export const globalPool: OpRule = (node, reading) => {
  const shape = reading.shape(node.inputs[0] ?? '');
  const spatial = spatialShape(node, shape);
  reading.emit({ ...node, attributes: {} }, [
    shape[0] ?? 1,
    shape[1] ?? 1,
    ...spatial.map(() => 1),
  ]);
};
