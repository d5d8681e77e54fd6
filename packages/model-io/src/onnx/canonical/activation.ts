// Activations that opset 18 does not have, written with those that it has.
import { float32Tensor, type Attributes } from '@floatpath/core';
import type { DraftNode } from '../draft.js';
import { text } from '../node-attributes.js';
import type { OpRule, Reading } from '../reading.js';
import { invalidNode } from '../shapes.js';

/** Emits nodes that all have the shape of `x`; the last one, made by `end`, makes the node's own output. */
function chain(node: DraftNode, reading: Reading) {
  const [x = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const shape = reading.shape(x);
  const emit = (op: string, inputs: readonly string[], to: string): string => {
    const attributes: Attributes = {};
    reading.emit({ name: node.name, op, inputs, outputs: [to], attributes }, shape);
    return to;
  };
  return {
    x,
    scalar: (value: number) => reading.addConstant(`${output}_factor`, float32Tensor([], [value])),
    add: (op: string, ...inputs: readonly string[]) =>
      emit(op, inputs, reading.freshName(`${output}_${op.toLowerCase()}`)),
    end: (op: string, ...inputs: readonly string[]) => emit(op, inputs, output),
  };
}

/** Gelu (opset 20): x/2 (1 + erf(x / sqrt 2)), or its approximation with tanh. Hendrycks, Gimpel 2016, section 2. */
export const gelu: OpRule = (node, reading) => {
  const approximate = text(node, 'approximate', 'none');
  if (approximate !== 'none' && approximate !== 'tanh')
    throw invalidNode(node, `attribute approximate to be none or tanh, got ${approximate},`);
  const { x, scalar, add, end } = chain(node, reading);
  const bend = (): string => {
    if (approximate === 'none') return add('Erf', add('Div', x, scalar(Math.SQRT2)));
    const cubic = add('Mul', add('Mul', add('Mul', x, x), x), scalar(0.044715));
    return add('Tanh', add('Mul', add('Add', x, cubic), scalar(Math.sqrt(2 / Math.PI))));
  };
  const share = add('Mul', add('Add', bend(), scalar(1)), scalar(0.5));
  end('Mul', x, share);
};

/** Mish: x tanh(softplus(x)). Misra 2019, equation 1. */
export const mish: OpRule = (node, reading) => {
  const { x, add, end } = chain(node, reading);
  end('Mul', x, add('Tanh', add('Softplus', x)));
};
