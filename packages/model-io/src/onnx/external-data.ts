import { toBinary } from '@bufbuild/protobuf';
import { FloatpathError } from '@floatpath/core';
import { plainBytes } from '../plain-bytes.js';
import { withBriefErrors } from '../brief-errors.js';
import { malformed, parseModel } from './decode.js';
import {
  ModelProtoSchema,
  TensorProto_DataLocation as Location,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from './onnx_pb.js';

/** Gives the bytes of a file beside the model; `location` is a relative path within the model's folder. */
export type ExternalData = (location: string) => Uint8Array | undefined;

export const isExternal = (tensor: TensorProto): boolean =>
  tensor.dataLocation === Location.EXTERNAL || tensor.externalData.length > 0;

function tensorsOfNodes(nodes: readonly NodeProto[]): TensorProto[] {
  return nodes.flatMap(({ attribute }) =>
    attribute.flatMap(({ t, tensors, g, graphs }) => [
      ...(t === undefined ? [] : [t]),
      ...tensors,
      ...[...(g === undefined ? [] : [g]), ...graphs].flatMap(tensorsOfGraph),
    ]),
  );
}

const tensorsOfGraph = (graph: GraphProto): TensorProto[] => [
  ...graph.initializer,
  ...graph.sparseInitializer.flatMap(({ values, indices }) =>
    [values, indices].filter((tensor) => tensor !== undefined),
  ),
  ...tensorsOfNodes(graph.node),
];

const externalTensors = ({ graph, functions }: ModelProto): TensorProto[] =>
  [
    ...(graph === undefined ? [] : tensorsOfGraph(graph)),
    ...functions.flatMap(({ node }) => tensorsOfNodes(node)),
  ].filter(isExternal);

/** Where in which file a tensor's bytes are; nothing that leads out of the model's folder. */
function placeOf(tensor: TensorProto): { location: string; offset: number; length?: number } {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const location = (entries.get('location') ?? '').replace(/^(\.\/)+/, '');
  const parts = location.split('/');
  const leaves =
    /\\|^[a-z]+:/i.test(location) ||
    [...location].some((character) => character < ' ') ||
    parts.includes('') ||
    parts.includes('..');
  if (leaves) {
    throw malformed(
      `expected tensor "${tensor.name}" to name a file within the model's folder, got ${JSON.stringify(location.slice(0, 80))}`,
    );
  }
  const number = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw malformed(
      `expected the ${key} of tensor "${tensor.name}" to be a number of bytes, got ${JSON.stringify(text.slice(0, 40))}`,
    );
  };
  const length = number('length');
  return { location, offset: number('offset') ?? 0, ...(length === undefined ? {} : { length }) };
}

/** A file may serve a tensor twice (tied weights), not without end: a small one must not fill the memory. */
const MOST_USES = 2;

/**
 * Puts weights that are stored beside the model inside `model`.
 *
 * @throws {FloatpathError} `malformed-file` for paths out of the model's folder and ranges out of the file, `file-not-found` where
 * `externalData` gives nothing
 */
export function takeExternalData(model: ModelProto, externalData: ExternalData): boolean {
  const files = new Map<string, { readonly bytes: Uint8Array; used: number }>();
  const open = (tensor: TensorProto, location: string): { bytes: Uint8Array; used: number } => {
    const known = files.get(location);
    if (known !== undefined) return known;
    const bytes = externalData(location);
    if (bytes === undefined) {
      throw new FloatpathError(
        'file-not-found',
        `readOnnx: expected the values of tensor "${tensor.name}" in the file "${location}" beside the model, got no such file; keep both in one folder`,
      );
    }
    const file = { bytes: plainBytes(bytes), used: 0 };
    files.set(location, file);
    return file;
  };
  const tensors = externalTensors(model);
  for (const tensor of tensors) {
    const { location, offset, length } = placeOf(tensor);
    const file = open(tensor, location);
    const end = length === undefined ? file.bytes.length : offset + length;
    if (offset > end || end > file.bytes.length) {
      throw malformed(
        `expected bytes ${offset} to ${end} of tensor "${tensor.name}" in the file "${location}", got ${file.bytes.length} bytes`,
      );
    }
    file.used += end - offset;
    if (file.used > MOST_USES * file.bytes.length) {
      throw malformed(
        `expected every byte of the file "${location}" to be used at most ${MOST_USES} times, got more at tensor "${tensor.name}"`,
      );
    }
    tensor.rawData = file.bytes.subarray(offset, end);
    tensor.externalData = [];
    tensor.dataLocation = Location.DEFAULT;
  }
  return tensors.length > 0;
}

/**
 * The same model as one file, with the weights that it stores beside itself inside; `bytes` themselves where there are none. What
 * runs, hashes or ships such a model needs nothing else then.
 *
 * @throws {FloatpathError} `malformed-file`, `file-not-found`
 * @see ONNX, External Data
 */
export function inlineExternalData(bytes: Uint8Array, externalData: ExternalData): Uint8Array {
  const own = plainBytes(bytes);
  // Unknown fields are kept: all of the file but the place of its weights stays.
  const model = parseModel(own, true);
  const taken = withBriefErrors(() => takeExternalData(model, externalData));
  return taken ? toBinary(ModelProtoSchema, model) : own;
}
