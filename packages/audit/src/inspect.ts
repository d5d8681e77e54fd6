import {
  FloatpathError,
  sizeOf,
  type GraphModel,
  type Model,
  type ModelFormat,
  type Network,
  type Preprocessing,
} from '@floatpath/core';
import { dataValues, inferTypes, opOf, requirePiecewiseLinear, type Role } from '@floatpath/engine';
import { finalSoftmax } from '@floatpath/model-io';
import { hashOfModel, opaqueRefusal, preprocessingFor } from './analyzed-network.js';
import { plural, printable } from './story-words.js';

/** What a model file holds, as path analysis sees it. */
export interface Inspection {
  readonly name: string;
  /** Of the file: `onnx`, `tfjs-layers`, `keras-h5`, ... */
  readonly format: ModelFormat;
  readonly hash: string;
  readonly preprocessing: Preprocessing;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Empty for a model that is run on its own bytes only. */
  readonly nodes: readonly InspectedNode[];
  /**
   * Numbers in float32 weights, running means and variances included; scalars that set up an op (pad values, bounds of Clip)
   * left out. Null for a model that is run on its own bytes only.
   */
  readonly parameters: number | null;
  /** Gate outputs per input; null where `parameters` is. */
  readonly units: number | null;
  /** What a person should know of how the file was read, one sentence each. */
  readonly notes: readonly string[];
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
    format: model.format,
    hash: await hashOfModel(model, preprocessing),
    preprocessing: preprocessingFor(model, preprocessing),
  };
  if (model.kind === 'opaque') {
    const describe = (value: { name: string; dtype: string; shape?: readonly unknown[] }): string =>
      `${value.name}: ${value.dtype} [${value.shape?.join(', ') ?? 'unknown'}]`;
    return {
      ...common,
      inputs: model.inputs.map(describe),
      outputs: model.outputs.map(describe),
      nodes: [],
      parameters: null,
      units: null,
      notes: [],
      refusal: `path analysis: ${opaqueRefusal(model)}`,
    };
  }
  const softmax = finalSoftmax(model.network);
  const network = softmax?.network ?? model.network;
  const nodes = inspectNodes(network);
  const describe = ({ name, dtype, shape }: Network['inputs'][number]): string =>
    `${name}: ${dtype} [${shape.join(', ')}]`;
  return {
    ...common,
    inputs: network.inputs.map(describe),
    outputs: network.outputs.map(describe),
    nodes,
    parameters: [...network.constants.values()]
      .filter(({ dtype, shape }) => dtype === 'float32' && shape.length > 0)
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    units: nodes
      .filter(({ role }) => role === 'gate')
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    notes: notesOf(model, softmax?.op),
    refusal: refusalOf(network),
  };
}

/** What is done beside reading, and what the format itself says. */
function notesOf({ format, facts }: GraphModel, softmax: string | undefined): readonly string[] {
  const range = facts?.inputRange;
  const shown = (values: readonly number[]): string =>
    `${values.slice(0, 6).join(', ')}${values.length > 6 ? ', ...' : ''}`;
  return [
    ...(softmax === undefined
      ? []
      : [
          `the ${softmax} at the end is taken away: losses, margins and paths are about the logits before it`,
        ]),
    ...(facts?.notes ?? []),
    ...(range === undefined
      ? []
      : [`the file states inputs from [${shown(range.low)}] to [${shown(range.high)}]`]),
    ...(format === 'onnx' || format.startsWith('tfjs')
      ? []
      : [`nothing here runs ${format} files as they are: what runs is this graph`]),
  ];
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
  const { name, format, hash, preprocessing, inputs, outputs, nodes, notes, refusal } = inspection;
  const { parameters, units } = inspection;
  const { bounds, mean, std, layout } = preprocessing;
  const width = (of: (node: InspectedNode) => string): number =>
    Math.max(0, ...nodes.map((node) => printable(of(node)).length));
  const widths = [width((n) => n.name), width((n) => n.op), 8];
  return [
    `${printable(name)}   ${format}   sha256 of file and preprocessing: ${hash}`,
    `inputs in [${bounds.join(', ')}], ${layout}, mean ${mean?.join(', ') ?? 'none'}, std ${std?.join(', ') ?? 'none'}`,
    ...inputs.map((input) => `input   ${printable(input)}`),
    ...nodes.map((node) => {
      const cells = [node.name, node.op, node.role].map((cell, i) =>
        printable(cell).padEnd(widths[i] as number),
      );
      return `  ${cells.join('  ')}  [${node.shape.join(', ')}]`;
    }),
    ...outputs.map((output) => `output  ${printable(output)}`),
    ...(parameters === null || units === null
      ? []
      : [`${plural(parameters, 'parameter')}, ${plural(units, 'unit')} per input`]),
    ...notes.map((note) => `note: ${printable(note)}`),
    refusal === null
      ? 'path analysis: piecewise linear, every op is affine or a gate'
      : printable(refusal),
  ];
}
