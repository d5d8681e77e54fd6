import { FloatpathError, numbersOf } from '@floatpath/core';
import { rampGate } from './ramp-gate.js';

/** z limited to [low, high] (ReLU6, HardTanh): z <= low is low, z >= high is high; low >= high is the constant high. */
export const clip = rampGate('Clip', (node, inputs) => {
  const level = (slot: 1 | 2): number | undefined => {
    if (!node.inputs[slot]) return undefined;
    const constant = inputs[slot]?.constant;
    if (constant === undefined) {
      throw new FloatpathError(
        'unsupported-op',
        `Clip: expected constant bounds at node "${node.name}", got bounds that depend on the input`,
      );
    }
    const value = numbersOf(constant)[0] as number;
    return Number.isFinite(value) ? value : undefined;
  };
  return { scale: 1, shift: 0, low: level(1), high: level(2) };
});
