import { float32Tensor, FloatpathError, type Network } from '@floatpath/core';
import type { Gate } from '@floatpath/engine';
import type { Partition } from '@floatpath/path-decomp';
import { layerByLayer } from './layer-by-layer.js';

/** Float units give a mixture of their output and its expectation, layer by layer. */
export interface ExpectationForm {
  readonly kind: 'expectation';
  /**
   * E_u per gate node name: the mean output of every unit under the noise, `outputs` of a calibration. `center`: the mean at the
   * center itself, an input `mean:<gate>` of its own, which a center anchor with `means` finds.
   */
  readonly outputs: MeanOutputs | 'center';
}

type MeanOutputs = ReadonlyMap<string, Float32Array>;

/** @param outputs - `outputs` of a calibration, or `center` for those of each image */
export function expectationForm(outputs: MeanOutputs | 'center'): ExpectationForm {
  return { kind: 'expectation', outputs };
}

/** Whether the form makes the network a function of the center. */
export function isAtCenter(form: ExpectationForm | string): boolean {
  return typeof form !== 'string' && form.outputs === 'center';
}

/** Name of the input that holds the mean outputs of a gate at the center. */
export function meanInput(gate: Gate): string {
  return `mean:${gate.node.name}`;
}

/**
 * h = lambda h + (1 - lambda) E_u at float units. With E_u a constant the form does not change what an anchor makes the network
 * a function of; with those at the center it is a function of the center.
 *
 * @throws {FloatpathError} `not-calibrated` for a gate without expectations, `shape-mismatch` for another number of units
 */
export function expectation(
  network: Network,
  partition: Partition,
  lambda: number,
  { outputs }: ExpectationForm,
): Network {
  return layerByLayer(network, partition, (graph, gate) => {
    const { node, rowShape, units, output } = gate;
    const mixed = (rest: string): string =>
      graph.add('Add', [graph.add('Mul', [output, graph.scalar(lambda)]), rest]);
    if (outputs === 'center') {
      const shape = [1, ...rowShape];
      const mean = graph.input({ name: meanInput(gate), dtype: 'float32', shape });
      return mixed(graph.add('Mul', [mean, graph.scalar(1 - lambda)]));
    }
    const values = outputs.get(node.name);
    if (values === undefined) {
      throw new FloatpathError(
        'not-calibrated',
        `expectation: expected mean outputs of gate "${node.name}", got those of ${[...outputs.keys()].join(', ') || 'no gate'}; calibrate this network`,
      );
    }
    if (values.length !== units) {
      throw new FloatpathError(
        'shape-mismatch',
        `expectation: expected ${units} mean outputs for gate "${node.name}", got ${values.length}; calibrate this network`,
      );
    }
    const share = values.map((value) => (1 - lambda) * value);
    return mixed(graph.constant(float32Tensor([1, ...rowShape], share)));
  });
}
