import { boolTensor, float32Tensor, FloatpathError, requireArgument } from '@floatpath/core';
import {
  isElementwise,
  type ElementwiseGate,
  type Gate,
  type GraphBuilder,
} from '@floatpath/engine';
import type { AnchorBase } from '../anchor.js';
import { gateSignal } from '../gate-signal.js';

export interface InputAnchor extends AnchorBase<'input'> {
  readonly kappa: number;
}

export interface InputAnchorOptions {
  /** How many standard deviations from its nearest breakpoint a unit stays float; at least 0. */
  readonly kappa: number;
  /** s_u of every unit, per gate node name: `deviations` of a calibration. */
  readonly deviations: ReadonlyMap<string, Float32Array>;
}

/**
 * A unit is float iff its gate distance at the noisy input itself is below `kappa` times its deviation:
 * |z_u - nearest breakpoint| < kappa s_u; at choice gates (Max, MaxPool, ReduceMax) the winner leads by less than kappa s_u.
 * In the layerwise form z_u is that of the repressed network.
 *
 * A function of the noisy input alone, so the smoothing theorem applies to the repressed network.
 *
 * @throws {FloatpathError} `invalid-argument` for a negative kappa; when a network is repressed, `not-calibrated` for a
 * gate without deviations and `shape-mismatch` for another number of units
 */
export function inputAnchor({ kappa, deviations }: InputAnchorOptions): InputAnchor {
  requireArgument(
    Number.isFinite(kappa) && kappa >= 0,
    `inputAnchor: expected kappa a finite number from 0, got ${kappa}`,
  );
  return {
    kind: 'input',
    name: `input(kappa ${kappa})`,
    kappa,
    partition: {
      floatUnits(graph, gate) {
        const radius = deviationsOf(gate, deviations).map((s) => kappa * s);
        if (!isElementwise(gate)) {
          const bound = graph.constant(float32Tensor([1, ...gate.rowShape], radius));
          return graph.add('Less', [gateSignal(graph, gate), bound]);
        }
        const near = breakpointsOf(gate).map((breakpoints) =>
          insideInterval(graph, gate, breakpoints, radius),
        );
        const [first, ...others] = near;
        // A gate of one piece has no breakpoint to be near to.
        if (first === undefined)
          return graph.constant(boolTensor([1, ...gate.rowShape], new Uint8Array(gate.units)));
        return others.reduce((a, b) => graph.add('Or', [a, b]), first);
      },
      fixedActive(graph, gate) {
        const radius = Float32Array.from(deviationsOf(gate, deviations), (s) => kappa * s);
        const bound = graph.constant(float32Tensor([1, ...gate.rowShape], radius));
        const far = graph.add('GreaterOrEqual', [gate.output, bound]);
        if (radius.every((r) => r > 0)) return far;
        return graph.add('And', [far, graph.add('Greater', [gate.output, graph.scalar(0)])]);
      },
    },
  };
}

function deviationsOf(
  gate: Gate,
  deviations: ReadonlyMap<string, Float32Array>,
): readonly number[] {
  const values = deviations.get(gate.node.name);
  if (values === undefined) {
    throw new FloatpathError(
      'not-calibrated',
      `inputAnchor: expected deviations of gate "${gate.node.name}", got those of ${[...deviations.keys()].join(', ') || 'no gate'}; calibrate this network`,
    );
  }
  if (values.length !== gate.units) {
    throw new FloatpathError(
      'shape-mismatch',
      `inputAnchor: expected ${gate.units} deviations for gate "${gate.node.name}", got ${values.length}; calibrate this network`,
    );
  }
  return Array.from(values);
}

/** First breakpoint of every unit, second of every unit, ... */
function breakpointsOf(gate: Gate<ElementwiseGate>): readonly (readonly number[])[] {
  const pieces = gate.op.pieces(gate);
  return Array.from({ length: gate.pieces - 1 }, (_, k) =>
    Array.from({ length: gate.units }, (_unused, unit) => pieces(unit).breakpoints[k] as number),
  );
}

/** Emits breakpoint - radius < z < breakpoint + radius, unit by unit. */
function insideInterval(
  graph: GraphBuilder,
  gate: Gate<ElementwiseGate>,
  breakpoints: readonly number[],
  radius: readonly number[],
): string {
  const shape = [1, ...gate.rowShape];
  const z = gateSignal(graph, gate);
  const bound = (side: 1 | -1): string =>
    graph.constant(
      float32Tensor(
        shape,
        breakpoints.map((b, unit) => b + side * (radius[unit] as number)),
      ),
    );
  if (breakpoints.every((b) => b === 0)) {
    return graph.add('Less', [graph.add('Abs', [z]), bound(1)]);
  }
  const above = graph.add('Greater', [z, bound(-1)]);
  const below = graph.add('Less', [z, bound(1)]);
  return graph.add('And', [above, below]);
}
