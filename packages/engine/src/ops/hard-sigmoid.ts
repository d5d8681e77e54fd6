import { FloatpathError } from '@floatpath/core';
import { numberAttribute } from '../attributes.js';
import { rampGate } from './ramp-gate.js';

/** alpha z + beta limited to [0, 1]; ONNX attributes are float32. */
export const hardSigmoid = rampGate('HardSigmoid', (node) => {
  const scale = Math.fround(numberAttribute(node, 'alpha', 0.2));
  if (!(scale > 0)) {
    throw new FloatpathError(
      'unsupported-op',
      `HardSigmoid: expected alpha above 0 at node "${node.name}", got ${scale}`,
    );
  }
  return { scale, shift: Math.fround(numberAttribute(node, 'beta', 0.5)), low: 0, high: 1 };
});
