import { integer, integers, optionalIntegers, text } from '../node-attributes.js';
import type { OpRule } from '../reading.js';
import { fixedShape, formatShape, invalidNode } from '../shapes.js';
import { oneAxisAsTwo } from './one-axis.js';
import { spatialShape } from './window.js';

/** Pads of a ConvTranspose that make its output `wanted`; an odd rest goes to the end for SAME_UPPER, to the begin otherwise. */
function padsFor(
  natural: readonly number[],
  wanted: readonly number[],
  autoPad: string,
): readonly number[] {
  const totals = natural.map((extent, i) => Math.max(extent - (wanted[i] ?? extent), 0));
  const smaller = totals.map((total) => Math.floor(total / 2));
  const larger = totals.map((total) => Math.ceil(total / 2));
  return autoPad === 'SAME_UPPER' ? [...smaller, ...larger] : [...larger, ...smaller];
}

/** ConvTranspose: `auto_pad` and `output_shape` become explicit pads, every attribute is written out. */
export const convTranspose: OpRule = oneAxisAsTwo((node, reading) => {
  const [x = '', w = '', bias] = node.inputs;
  const shape = reading.shape(x);
  const spatial = spatialShape(node, shape);
  const weight = fixedShape(node, reading.shape(w));
  const [channels = 0, filtersPerGroup = 0, ...kernel] = weight;
  const group = integer(node, 'group', 1);
  if (
    kernel.length !== spatial.length ||
    shape[1] !== channels ||
    group < 1 ||
    channels % group !== 0
  ) {
    throw invalidNode(
      node,
      `a filter for input ${formatShape(shape)}, got ${formatShape(weight)},`,
    );
  }
  const filters = filtersPerGroup * group;
  if (bias !== undefined && fixedShape(node, reading.shape(bias)).join() !== `${filters}`) {
    throw invalidNode(
      node,
      `a bias of ${filters} values, got ${formatShape(reading.shape(bias))},`,
    );
  }
  const ones = spatial.map(() => 1);
  const zeros = spatial.map(() => 0);
  const strides = integers(node, 'strides', ones, 1);
  const dilations = integers(node, 'dilations', ones, 1);
  const output_padding = integers(node, 'output_padding', zeros, 0);
  const natural = spatial.map((extent, i) => {
    const reach = (dilations[i] ?? 1) * ((kernel[i] ?? 1) - 1) + 1;
    return (strides[i] ?? 1) * (extent - 1) + (output_padding[i] ?? 0) + reach;
  });
  const autoPad = text(node, 'auto_pad', 'NOTSET');
  const same = spatial.map((extent, i) => extent * (strides[i] ?? 1));
  const wanted =
    optionalIntegers(node, 'output_shape') ?? (autoPad.startsWith('SAME') ? same : undefined);
  const explicit =
    autoPad === 'VALID' ? [...zeros, ...zeros] : integers(node, 'pads', [...zeros, ...zeros], 0);
  const pads = wanted === undefined ? explicit : padsFor(natural, wanted, autoPad);
  const extents = natural.map(
    (extent, i) => extent - (pads[i] ?? 0) - (pads[i + spatial.length] ?? 0),
  );
  if (extents.some((extent) => extent < 1)) {
    throw invalidNode(node, `pads that leave an output, got [${pads.join(', ')}],`);
  }
  const attributes = { kernel_shape: kernel, strides, dilations, pads, output_padding, group };
  reading.emit({ ...node, attributes }, [shape[0] ?? 1, filters, ...extents]);
}, 1);
