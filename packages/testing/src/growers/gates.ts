import { float32Tensor } from '@floatpath/core';
import type { Grower, Site } from '../grower.js';
import { channelShape } from './arithmetic.js';

const scalar = (site: Site, value: number): string => site.constant(float32Tensor([], [value]));

export const relu: Grower = {
  name: 'Relu',
  grow: (site) => ({ ...site.source, name: site.node('Relu', [site.source.name]) }),
};

/** Slopes between 0 and 1, above 1 and below 0. */
export const leakyRelu: Grower = {
  name: 'LeakyRelu',
  grow(site) {
    const alpha = [0.25, 1.5, -0.5, 0.01][site.choose(4)] as number;
    return { ...site.source, name: site.node('LeakyRelu', [site.source.name], { alpha }) };
  },
};

export const absolute: Grower = {
  name: 'Abs',
  grow: (site) => ({ ...site.source, name: site.node('Abs', [site.source.name]) }),
};

/** Slopes of any sign, per channel or per element. */
export const prelu: Grower = {
  name: 'PRelu',
  grow(site) {
    const shape = site.choose(2) === 0 ? channelShape(site) : site.source.rowShape;
    const name = site.node('PRelu', [site.source.name, site.weights(shape, 1)]);
    return { ...site.source, name };
  },
};

/** Two levels, one, none, or a low level above the high one: the constant high. */
export const clip: Grower = {
  name: 'Clip',
  grow(site) {
    const [low, high] = [
      [0, 1],
      [-0.5, 0.5],
      [0.25, undefined],
      [undefined, 0.25],
      [0.5, -0.5],
    ][site.choose(5)] as [number | undefined, number | undefined];
    const name = site.node('Clip', [
      site.source.name,
      low === undefined ? '' : scalar(site, low),
      ...(high === undefined ? [] : [scalar(site, high)]),
    ]);
    return { ...site.source, name };
  },
};

export const hardSigmoid: Grower = {
  name: 'HardSigmoid',
  grow(site) {
    const [alpha, beta] = [
      [0.5, 0.5],
      [0.2, 0.5],
      [2, -0.25],
    ][site.choose(3)] as [number, number];
    const name = site.node('HardSigmoid', [site.source.name], { alpha, beta });
    return { ...site.source, name };
  },
};
