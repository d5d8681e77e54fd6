import { FloatpathError, type NetworkNode } from '@floatpath/core';
import { numberAttribute, numbersAttribute } from '../attributes.js';

/** The geometry that Conv and ConvTranspose share: two spatial axes, the weights of one map the other way round. */
export interface ConvolutionForm {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** top, left, bottom, right */
  readonly pads: readonly [number, number, number, number];
  readonly group: number;
}

export function convolutionForm(node: NetworkNode, weights: readonly number[]): ConvolutionForm {
  if (weights.length !== 4) {
    throw new FloatpathError(
      'unsupported-op',
      `${node.op}: expected 4-dimensional weights at node "${node.name}" (two spatial axes), got shape [${weights.join(', ')}]`,
    );
  }
  const autoPad = node.attributes['auto_pad'] ?? 'NOTSET';
  if (autoPad !== 'NOTSET') {
    throw new FloatpathError(
      'invalid-network',
      `${node.op}: expected explicit pads at node "${node.name}", got auto_pad ${String(autoPad)}`,
    );
  }
  return {
    kernel: [weights[2] as number, weights[3] as number],
    strides: numbersAttribute(node, 'strides', [1, 1]) as [number, number],
    dilations: numbersAttribute(node, 'dilations', [1, 1]) as [number, number],
    pads: numbersAttribute(node, 'pads', [0, 0, 0, 0]) as [number, number, number, number],
    group: numberAttribute(node, 'group', 1),
  };
}

/** Extent of a dilated kernel along `axis`. */
export function reach(form: ConvolutionForm, axis: 0 | 1): number {
  return (form.kernel[axis] - 1) * form.dilations[axis] + 1;
}

/** A row-major image batch: `[rows, channels, height, width]`. */
export interface ImageShape {
  readonly rows: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export function imageShape(node: NetworkNode, shape: readonly number[]): ImageShape {
  const [rows, channels, height, width] = shape;
  if (shape.length !== 4) {
    throw new FloatpathError(
      'invalid-network',
      `${node.op}: expected an input [rows, channels, height, width] at node "${node.name}", got [${shape.join(', ')}]`,
    );
  }
  return { rows, channels, height, width } as ImageShape;
}

/** Reordered weights by the layout that they were read in, kept while the weight tensor lives. */
const reordered = new WeakMap<Float64Array, Map<string, Float64Array>>();

/** Weights as [input channel][ky][kx][output channel within the group], made once per tensor. */
function scatterWeights(
  weights: Float64Array,
  inputs: number,
  outputs: number,
  taps: number,
  inputFirst: boolean,
): Float64Array {
  const layout = `${inputs},${outputs},${taps},${inputFirst ? 'input' : 'output'}`;
  const memo = reordered.get(weights) ?? new Map<string, Float64Array>();
  reordered.set(weights, memo);
  const known = memo.get(layout);
  if (known !== undefined) return known;
  const result = new Float64Array(weights.length);
  for (let i = 0; i < inputs; i += 1) {
    for (let o = 0; o < outputs; o += 1) {
      for (let tap = 0; tap < taps; tap += 1) {
        const from = inputFirst ? (i * outputs + o) * taps + tap : (o * inputs + i) * taps + tap;
        result[(i * taps + tap) * outputs + o] = weights[from] as number;
      }
    }
  }
  memo.set(layout, result);
  return result;
}

/**
 * Adds every non-zero input element times its weights to the outputs it reaches: zero elements cost one comparison,
 * so sparse rows are cheap.
 *
 * @param target - output coordinate along `axis` that tap k of input coordinate i reaches, or -1
 */
export function scatterConvolution(options: {
  readonly data: Float64Array;
  readonly from: ImageShape;
  readonly to: ImageShape;
  readonly weights: Float64Array;
  readonly form: ConvolutionForm;
  readonly transposed: boolean;
  readonly target: (axis: 0 | 1, i: number, tap: number) => number;
}): Float64Array {
  const { data, from, to, form, target } = options;
  const { kernel, group } = form;
  const inPerGroup = from.channels / group;
  const outPerGroup = to.channels / group;
  const taps = kernel[0] * kernel[1];
  // Per group the weights are [in][out] (transposed) or [out][in]; groups follow each other along the first axis.
  const groupWeights = Array.from({ length: group }, (_, g) =>
    group === 1
      ? scatterWeights(options.weights, inPerGroup, outPerGroup, taps, options.transposed)
      : scatterWeights(
          options.weights.slice(
            g * inPerGroup * outPerGroup * taps,
            (g + 1) * inPerGroup * outPerGroup * taps,
          ),
          inPerGroup,
          outPerGroup,
          taps,
          options.transposed,
        ),
  );
  const rowTargets = targetTable(from.height, kernel[0], (i, tap) => target(0, i, tap), to.height);
  const columnTargets = targetTable(from.width, kernel[1], (i, tap) => target(1, i, tap), to.width);
  const outSize = to.channels * to.height * to.width;
  const accumulator = new Float64Array(outSize);
  const out = new Float64Array(to.rows * outSize);
  for (let row = 0; row < from.rows; row += 1) {
    accumulator.fill(0);
    let at = row * from.channels * from.height * from.width;
    for (let channel = 0; channel < from.channels; channel += 1) {
      const g = Math.floor(channel / inPerGroup);
      const weights = groupWeights[g] as Float64Array;
      const channelBase = (channel - g * inPerGroup) * taps * outPerGroup;
      const outChannel = g * outPerGroup;
      for (let y = 0; y < from.height; y += 1) {
        for (let x = 0; x < from.width; x += 1, at += 1) {
          const value = data[at] as number;
          if (value === 0) continue;
          for (let ky = 0; ky < kernel[0]; ky += 1) {
            const oy = rowTargets[y * kernel[0] + ky] as number;
            if (oy < 0) continue;
            for (let kx = 0; kx < kernel[1]; kx += 1) {
              const ox = columnTargets[x * kernel[1] + kx] as number;
              if (ox < 0) continue;
              const target0 = (oy * to.width + ox) * to.channels + outChannel;
              const weight0 = channelBase + (ky * kernel[1] + kx) * outPerGroup;
              for (let o = 0; o < outPerGroup; o += 1) {
                accumulator[target0 + o] =
                  (accumulator[target0 + o] as number) + value * (weights[weight0 + o] as number);
              }
            }
          }
        }
      }
    }
    const plane = to.height * to.width;
    for (let channel = 0; channel < to.channels; channel += 1) {
      const base = row * outSize + channel * plane;
      for (let position = 0; position < plane; position += 1) {
        out[base + position] = accumulator[position * to.channels + channel] as number;
      }
    }
  }
  return out;
}

function targetTable(
  extent: number,
  taps: number,
  target: (i: number, tap: number) => number,
  limit: number,
): Int32Array {
  const table = new Int32Array(extent * taps).fill(-1);
  for (let i = 0; i < extent; i += 1) {
    for (let tap = 0; tap < taps; tap += 1) {
      const reached = target(i, tap);
      if (Number.isInteger(reached) && reached >= 0 && reached < limit)
        table[i * taps + tap] = reached;
    }
  }
  return table;
}

/** Adds a bias per channel in place. */
export function addChannelBias(out: Float64Array, shape: ImageShape, bias: Float64Array): void {
  const plane = shape.height * shape.width;
  for (let i = 0; i < out.length; i += 1) {
    out[i] = (out[i] as number) + (bias[Math.floor(i / plane) % shape.channels] as number);
  }
}
