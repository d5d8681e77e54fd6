import { float32Tensor, FloatpathError, type Network } from '@floatpath/core';
import type { Partition } from '@floatpath/path-decomp';
import { layerByLayer } from './layer-by-layer.js';

/** Float units give a mixture of their output and its expectation, layer by layer. */
export interface ExpectationForm {
  readonly kind: 'expectation';
  /** E_u per gate node name: the mean output of every unit under the noise, `outputs` of a calibration. */
  readonly outputs: ReadonlyMap<string, Float32Array>;
}

/** @param outputs - `outputs` of a calibration */
export function expectationForm(outputs: ReadonlyMap<string, Float32Array>): ExpectationForm {
  return { kind: 'expectation', outputs };
}

/**
 * h = lambda h + (1 - lambda) E_u at float units, with E_u a constant, so that the form does not change what an anchor makes
 * the network a function of.
 *
 * @throws {FloatpathError} `not-calibrated` for a gate without expectations, `shape-mismatch` for another number of units
 */
export function expectation(
  network: Network,
  partition: Partition,
  lambda: number,
  { outputs }: ExpectationForm,
): Network {
  return layerByLayer(network, partition, (graph, { node, rowShape, units, output }) => {
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
    const mean = graph.constant(float32Tensor([1, ...rowShape], share));
    return graph.add('Add', [graph.add('Mul', [output, graph.scalar(lambda)]), mean]);
  });
}
