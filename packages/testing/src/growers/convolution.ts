import { MOST_ELEMENTS, type Grower } from '../grower.js';

/** Conv with stride, uneven pads, dilation and groups. */
export const conv: Grower = {
  name: 'Conv',
  grow(site) {
    const [channels, height, width, ...rest] = site.source.rowShape;
    if (channels === undefined || height === undefined || width === undefined || rest.length > 0) {
      return undefined;
    }
    const kernel = [1 + site.choose(3), 1 + site.choose(3)] as const;
    const dilation = 1 + site.choose(2);
    const stride = 1 + site.choose(2);
    const pads = [site.choose(2), site.choose(3), site.choose(2), site.choose(2)] as const;
    const extent = (size: number, axis: 0 | 1): number =>
      Math.floor(
        (size + pads[axis] + pads[axis === 0 ? 2 : 3] - (kernel[axis] - 1) * dilation - 1) / stride,
      ) + 1;
    const rows = extent(height, 0);
    const columns = extent(width, 1);
    const group = channels > 1 && site.choose(3) === 2 ? channels : 1;
    const outputs = group * (1 + site.choose(3));
    if (rows < 1 || columns < 1 || outputs * rows * columns > MOST_ELEMENTS) return undefined;
    const perGroup = channels / group;
    const weights = site.weights([outputs, perGroup, ...kernel], perGroup * kernel[0] * kernel[1]);
    const bias = site.choose(4) === 3 ? [] : [site.shifts([outputs])];
    const name = site.node('Conv', [site.source.name, weights, ...bias], {
      kernel_shape: kernel,
      strides: [stride, stride],
      dilations: [dilation, dilation],
      pads,
      group,
    });
    return { name, rowShape: [outputs, rows, columns] };
  },
};

/** ConvTranspose with stride, pads, output padding and groups. */
export const convTranspose: Grower = {
  name: 'ConvTranspose',
  grow(site) {
    const [channels, height, width, ...rest] = site.source.rowShape;
    if (channels === undefined || height === undefined || width === undefined || rest.length > 0) {
      return undefined;
    }
    const kernel = [1 + site.choose(3), 1 + site.choose(2)] as const;
    const stride = 1 + site.choose(2);
    const pad = kernel[0] > 1 ? site.choose(2) : 0;
    const extra = stride > 1 ? site.choose(2) : 0;
    const rows = (height - 1) * stride + kernel[0] - pad + extra;
    const columns = (width - 1) * stride + kernel[1];
    const group = channels > 1 && site.choose(3) === 2 ? channels : 1;
    const perGroup = 1 + site.choose(2);
    const outputs = group * perGroup;
    if (rows < 1 || outputs * rows * columns > MOST_ELEMENTS) return undefined;
    const fanIn = (channels / group) * kernel[0] * kernel[1];
    const weights = site.weights([channels, perGroup, ...kernel], fanIn);
    const bias = site.choose(4) === 3 ? [] : [site.shifts([outputs])];
    const name = site.node('ConvTranspose', [site.source.name, weights, ...bias], {
      kernel_shape: kernel,
      strides: [stride, stride],
      pads: [pad, 0, 0, 0],
      output_padding: [extra, 0],
      group,
    });
    return { name, rowShape: [outputs, rows, columns] };
  },
};
