import { boolTensor, float32Tensor, FloatpathError, float64Tensor } from '@floatpath/core';
import type { GraphBuilder } from '../graph-builder.js';
import { candidateEmission, isSelected } from './choice-gate.js';
import { dataOf, typeOf } from './operands.js';
import { reachBeyond, windowForm, windowTaps, type WindowForm } from './window.js';
import type { ChoiceGate, GateNode } from './op.js';

const formOf = ({ node, inputTypes }: GateNode): WindowForm =>
  windowForm(node, typeOf(node, inputTypes, 0).shape);

/** One strided slice of the padded input per window position: every unit's candidate of that number. */
function slices(graph: GraphBuilder, form: WindowForm, y: string): string[] {
  const { kernel, strides, dilations, pads, to } = form;
  const [bottom, right] = reachBeyond(form).map((width) => Math.max(0, width)) as [number, number];
  const border = [0, 0, pads[0], pads[1], 0, 0, bottom, right];
  const padded = border.some((width) => width > 0)
    ? graph.add('Pad', [y, graph.integers(border)], { mode: 'constant' })
    : y;
  const taps = kernel[0] * kernel[1];
  return Array.from({ length: taps }, (_, tap) => {
    const start = [
      Math.floor(tap / kernel[1]) * dilations[0],
      (tap % kernel[1]) * dilations[1],
    ] as const;
    const end = [
      start[0] + (to.height - 1) * strides[0] + 1,
      start[1] + (to.width - 1) * strides[1] + 1,
    ];
    const bounds = [start, end, [2, 3], strides].map((values) => graph.integers(values));
    return graph.add('Slice', [padded, ...bounds]);
  });
}

/** Per window position, where it is not padding; undefined where it never is. */
function existing(graph: GraphBuilder, form: WindowForm): (string | undefined)[] {
  const { kernel, to } = form;
  const units = to.height * to.width;
  const marks = Array.from({ length: kernel[0] * kernel[1] }, () => new Uint8Array(units));
  for (let unit = 0; unit < units; unit += 1) {
    for (const { tap } of windowTaps(form, Math.floor(unit / to.width), unit % to.width)) {
      (marks[tap] as Uint8Array)[unit] = 1;
    }
  }
  return marks.map((mark) =>
    mark.includes(0) ? graph.constant(boolTensor([1, 1, to.height, to.width], mark)) : undefined,
  );
}

const emission = candidateEmission('greatest', (graph, gate, [y = '']) => {
  const form = formOf(gate);
  const marks = existing(graph, form);
  return slices(graph, form, y).map((value, tap) => {
    const exists = marks[tap];
    return exists === undefined ? { value } : { value, exists };
  });
});

/** The greatest element of every window of each channel; padding is never a candidate. */
export const maxPool: ChoiceGate = {
  type: 'MaxPool',
  role: 'gate',
  kind: 'choice',
  pick: 'greatest',
  infer(node, inputs) {
    const x = typeOf(node, inputs, 0);
    const form = windowForm(node, x.shape);
    const { to } = form;
    if (node.outputs[1]) {
      throw new FloatpathError(
        'unsupported-op',
        `MaxPool: expected one output at node "${node.name}", got indices too`,
      );
    }
    for (let at = 0; at < to.height * to.width; at += 1) {
      if (windowTaps(form, Math.floor(at / to.width), at % to.width).length > 0) continue;
      throw new FloatpathError(
        'invalid-network',
        `MaxPool: expected every window to see the input at node "${node.name}", got one of padding only`,
      );
    }
    return [{ dtype: x.dtype, shape: [to.rows, to.channels, to.height, to.width] }];
  },
  evaluate(node, inputs) {
    const x = dataOf(node, inputs, 0);
    const form = windowForm(node, x.shape);
    const { from, to } = form;
    const plane = from.height * from.width;
    const units = to.height * to.width;
    const out = new Float64Array(to.rows * to.channels * units);
    for (let unit = 0; unit < units; unit += 1) {
      const taps = windowTaps(form, Math.floor(unit / to.width), unit % to.width);
      for (let channel = 0; channel < to.rows * to.channels; channel += 1) {
        let most = -Infinity;
        for (const { position } of taps) {
          const value = x.data[channel * plane + position] as number;
          // Math.max keeps NaN.
          most = Math.max(most, value);
        }
        out[channel * units + unit] = most;
      }
    }
    return [float64Tensor([to.rows, to.channels, to.height, to.width], out)];
  },
  pieceCount(gate) {
    const [height, width] = formOf(gate).kernel;
    return height * width;
  },
  candidates(gate) {
    const form = formOf(gate);
    const { from, to } = form;
    const units = to.height * to.width;
    const taps = Array.from({ length: units }, (_, unit) =>
      windowTaps(form, Math.floor(unit / to.width), unit % to.width),
    );
    return (index) => {
      const channel = Math.floor(index / units) * from.height * from.width;
      return (taps[index % units] ?? []).map(({ tap, position }) => ({
        piece: tap,
        slot: 0,
        index: channel + position,
      }));
    };
  },
  ...emission,
  // Every window hands its cotangent to its winner: a ConvTranspose of one group per channel, from one input channel per
  // window position through a kernel that is 1 at that position.
  backward({ graph, node, cotangents: [cotangent], inputTypes, outputTypes: [outputType] }) {
    if (cotangent === undefined || outputType === undefined) return [undefined];
    const gate = { node, inputTypes, outputType };
    const form = formOf(gate);
    const { kernel, strides, dilations, pads, from, to } = form;
    const taps = kernel[0] * kernel[1];
    const selection = emission.select(graph, gate);
    const zero = graph.scalar(0);
    const parts = Array.from({ length: taps }, (_, tap) =>
      graph.add('Unsqueeze', [
        graph.add('Where', [isSelected(graph, selection, tap, taps), cotangent, zero]),
        graph.integers([2]),
      ]),
    );
    const stacked = graph.add('Reshape', [
      graph.add('Concat', parts, { axis: 2 }),
      graph.integers([-1, from.channels * taps, to.height, to.width]),
    ]);
    const oneHot = new Float32Array(from.channels * taps * taps);
    for (let row = 0; row < from.channels * taps; row += 1) oneHot[row * taps + (row % taps)] = 1;
    const weights = graph.constant(float32Tensor([from.channels * taps, 1, ...kernel], oneHot));
    const [bottom, right] = reachBeyond(form);
    return [
      graph.add('ConvTranspose', [stacked, weights], {
        kernel_shape: kernel,
        strides,
        dilations,
        group: from.channels,
        pads: [pads[0], pads[1], Math.max(0, bottom), Math.max(0, right)],
        output_padding: [Math.max(0, -bottom), Math.max(0, -right)],
      }),
    ];
  },
};
