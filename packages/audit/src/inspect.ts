import {
  FloatpathError,
  sizeOf,
  type Model,
  type Network,
  type Preprocessing,
} from '@floatpath/core';
import { dataValues, inferTypes, opOf, requirePiecewiseLinear, type Role } from '@floatpath/engine';
import { modelHash } from '@floatpath/model-io';
import { printable } from './story-words.js';

/** What a model file holds, as path analysis sees it. */
export interface Inspection {
  readonly name: string;
  readonly hash: string;
  readonly preprocessing: Preprocessing;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Empty for a model that is run on its own bytes only. */
  readonly nodes: readonly InspectedNode[];
  readonly parameters: number;
  readonly units: number;
  /** Why path analysis refuses the model; null where it does not. */
  readonly refusal: string | null;
}

export interface InspectedNode {
  readonly name: string;
  readonly op: string;
  readonly role: Role | 'constant';
  readonly shape: readonly number[];
}

/**
 * Lists a model's layers with their roles.
 *
 * @throws {FloatpathError} `unsupported-op` or `invalid-network` for a graph that no engine of ours runs
 */
export async function inspectModel(
  model: Model,
  preprocessing: Preprocessing,
): Promise<Inspection> {
  const common = {
    name: model.name,
    hash: await modelHash(model.bytes, preprocessing),
    preprocessing,
  };
  if (model.kind === 'opaque') {
    const describe = (value: { name: string; dtype: string; shape?: readonly unknown[] }): string =>
      `${value.name}: ${value.dtype} [${value.shape?.join(', ') ?? 'unknown'}]`;
    return {
      ...common,
      inputs: model.inputs.map(describe),
      outputs: model.outputs.map(describe),
      nodes: [],
      parameters: 0,
      units: 0,
      refusal: 'path analysis: the ops of this model are not read, it runs on its own bytes',
    };
  }
  const { network } = model;
  const nodes = inspectNodes(network);
  const describe = ({ name, dtype, shape }: Network['inputs'][number]): string =>
    `${name}: ${dtype} [${shape.join(', ')}]`;
  return {
    ...common,
    inputs: network.inputs.map(describe),
    outputs: network.outputs.map(describe),
    nodes,
    parameters: [...network.constants.values()]
      .filter(({ dtype }) => dtype === 'float32')
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    units: nodes
      .filter(({ role }) => role === 'gate')
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    refusal: refusalOf(network),
  };
}

function refusalOf(network: Network): string | null {
  try {
    requirePiecewiseLinear(network);
    return null;
  } catch (error) {
    if (error instanceof FloatpathError && error.code === 'not-piecewise-linear')
      return error.message;
    throw error;
  }
}

function inspectNodes(network: Network): InspectedNode[] {
  const types = inferTypes(network);
  const data = dataValues(network);
  return network.nodes.map((node) => ({
    name: node.name,
    op: node.op,
    role: node.inputs.some((input) => data.has(input))
      ? (opOf(node.op)?.role ?? 'plumbing')
      : 'constant',
    shape: types.get(node.outputs[0] ?? '')?.shape ?? [],
  }));
}

/** The inspection as lines for a terminal. */
export function inspectionLines(inspection: Inspection): readonly string[] {
  const { name, hash, preprocessing, inputs, outputs, nodes, refusal } = inspection;
  const { bounds, mean, std, layout } = preprocessing;
  const width = (of: (node: InspectedNode) => string): number =>
    Math.max(0, ...nodes.map((node) => printable(of(node)).length));
  const widths = [width((n) => n.name), width((n) => n.op), 8];
  return [
    `${printable(name)}   sha256 of file and preprocessing: ${hash}`,
    `inputs in [${bounds.join(', ')}], ${layout}, mean ${mean?.join(', ') ?? 'none'}, std ${std?.join(', ') ?? 'none'}`,
    ...inputs.map((input) => `input   ${printable(input)}`),
    ...nodes.map((node) => {
      const cells = [node.name, node.op, node.role].map((cell, i) =>
        printable(cell).padEnd(widths[i] as number),
      );
      return `  ${cells.join('  ')}  [${node.shape.join(', ')}]`;
    }),
    ...outputs.map((output) => `output  ${printable(output)}`),
    `${inspection.parameters} parameters, ${inspection.units} units per input`,
    refusal === null
      ? 'path analysis: piecewise linear, every op is affine or a gate'
      : printable(refusal),
  ];
}
