import { float32Tensor, int64Tensor, type Attributes } from '@floatpath/core';
import { MOST_ELEMENTS, type Grower, type Site } from '../grower.js';

/** Attributes of a window that fits the source, and what it makes of it. */
export function slidWindow(
  site: Site,
  { dilated }: { readonly dilated: boolean },
): { readonly attributes: Attributes; readonly rowShape: readonly number[] } | undefined {
  const [channels, height, width, ...rest] = site.source.rowShape;
  if (channels === undefined || height === undefined || width === undefined || rest.length > 0) {
    return undefined;
  }
  const kernel = [1 + site.choose(3), 1 + site.choose(3)] as const;
  const stride = 1 + site.choose(2);
  const dilation = dilated ? 1 + site.choose(2) : 1;
  const pad = Math.min(site.choose(2), kernel[0] - 1, kernel[1] - 1);
  const ceil = site.choose(2);
  const extent = (size: number, axis: 0 | 1): number => {
    const steps = (size + 2 * pad - (kernel[axis] - 1) * dilation - 1) / stride;
    if (steps < 0) return 0;
    const count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    // A last window that starts behind the input is left out, which not every runtime knows.
    return (count - 1) * stride >= size + pad ? 0 : count;
  };
  const rowShape = [channels, extent(height, 0), extent(width, 1)];
  // A dilated window may reach over the whole input into the padding behind it: no element to choose.
  const reaches = dilation === 1 || pad === 0 || (height > dilation && width > dilation);
  if (!reaches || rowShape.includes(0)) return undefined;
  return {
    rowShape,
    attributes: {
      kernel_shape: kernel,
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      ceil_mode: ceil,
      ...(dilation > 1 && { dilations: [dilation, dilation] }),
    },
  };
}

/** AveragePool: padded with and without counting it, overlapping, rounded up. */
export const averagePool: Grower = {
  name: 'AveragePool',
  grow(site) {
    const slid = slidWindow(site, { dilated: false });
    if (slid === undefined) return undefined;
    const name = site.node('AveragePool', [site.source.name], {
      ...slid.attributes,
      count_include_pad: site.choose(2),
    });
    return { name, rowShape: slid.rowShape };
  },
};

/** The sum or mean of the channels, of the plane or of a row. */
export const reduceMean: Grower = {
  name: 'ReduceMean',
  grow(site) {
    const { rowShape } = site.source;
    const form = site.choose(3);
    if (rowShape.length === 3 && form === 2) {
      const name = site.node('GlobalAveragePool', [site.source.name]);
      return { name, rowShape: [rowShape[0] as number, 1, 1] };
    }
    const axes = rowShape.length === 3 && site.choose(2) === 1 ? [2, 3] : [1];
    const name = site.node(
      form === 0 ? 'ReduceMean' : 'ReduceSum',
      [site.source.name, site.constant(int64Tensor([axes.length], axes))],
      { keepdims: 1 },
    );
    return {
      name,
      rowShape: rowShape.map((extent, axis) => (axes.includes(axis + 1) ? 1 : extent)),
    };
  },
};

/** Nearest or linear resizing to twice the size, or to half of the width. */
export const resize: Grower = {
  name: 'Resize',
  grow(site) {
    const [channels, height, width, ...rest] = site.source.rowShape;
    if (channels === undefined || height === undefined || width === undefined || rest.length > 0) {
      return undefined;
    }
    const scales = [
      [2, 2],
      [2, 1],
      [1, 0.5],
    ][site.choose(3)] as [number, number];
    const to = [Math.floor(height * scales[0]), Math.floor(width * scales[1])] as const;
    if (to[1] < 1 || channels * to[0] * to[1] > MOST_ELEMENTS) return undefined;
    const name = site.node(
      'Resize',
      [site.source.name, '', site.constant(float32Tensor([4], [1, 1, ...scales]))],
      site.choose(2) === 0
        ? { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
        : { mode: 'linear', coordinate_transformation_mode: 'half_pixel' },
    );
    return { name, rowShape: [channels, ...to] };
  },
};
