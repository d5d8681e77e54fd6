import { FloatpathError, type Attributes, type DType, type Tensor } from '@floatpath/core';
import { readAttributes } from './attributes.js';
import { malformed, type DecodedModel } from './decode.js';
import {
  TensorProto_DataType as Type,
  type GraphProto,
  type NodeProto,
  type ValueInfoProto,
} from './onnx_pb.js';
import { readTensor } from './tensor.js';

/** A node as the file has it; `name` is for messages and need not be unique. */
export interface DraftNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  /** Version of the operator set, where it is another than the graph's. */
  readonly opset?: number;
}

/** A graph input; a symbolic extent is undefined. */
export interface DraftInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly (number | undefined)[];
}

/** The file's graph before anything is made canonical. */
export interface Draft {
  readonly name: string;
  readonly opset: number;
  readonly inputs: readonly DraftInput[];
  readonly outputs: readonly { readonly name: string; readonly dtype: DType }[];
  readonly nodes: readonly DraftNode[];
  readonly constants: ReadonlyMap<string, Tensor>;
}

const dtypes: Partial<Record<Type, DType>> = {
  [Type.FLOAT]: 'float32',
  [Type.INT64]: 'int64',
  [Type.BOOL]: 'bool',
};

function dtypeOf(value: ValueInfoProto, kind: string): DType {
  const type = value.type?.value.case === 'tensorType' ? value.type.value.value : undefined;
  const dtype = dtypes[type?.elemType as Type];
  if (dtype !== undefined) return dtype;
  const known =
    (Type as Record<number, string | undefined>)[type?.elemType ?? 0] ?? 'an unknown type';
  throw new FloatpathError(
    'unsupported-op',
    `readOnnx: expected ${kind} "${value.name}" to be a float32 tensor, got ${known.toLowerCase()}; run the file as it is or export it in float32`,
  );
}

function inputOf(value: ValueInfoProto): DraftInput {
  const dtype = dtypeOf(value, 'input');
  const dims =
    value.type?.value.case === 'tensorType' ? value.type.value.value.shape?.dim : undefined;
  if (dims === undefined) {
    throw new FloatpathError(
      'unsupported-format',
      `readOnnx: expected input "${value.name}" to state its shape, got none; export the model with a fixed input shape`,
    );
  }
  const shape = dims.map((dim) => {
    const extent = dim.value.case === 'dimValue' ? Number(dim.value.value) : 0;
    return extent > 0 ? extent : undefined;
  });
  return { name: value.name, dtype, shape };
}

function nodeOf(proto: NodeProto, opset: number | undefined): DraftNode {
  const name =
    proto.name === '' ? (proto.output.find((output) => output !== '') ?? proto.opType) : proto.name;
  if (proto.domain !== '' && proto.domain !== 'ai.onnx') {
    throw new FloatpathError(
      'unsupported-op',
      `readOnnx: unsupported op "${proto.opType}" of domain "${proto.domain}" at node "${name}"; export the model with standard ONNX ops`,
    );
  }
  const last = proto.input.findLastIndex((input) => input !== '');
  return {
    name,
    op: proto.opType,
    inputs: proto.input.slice(0, last + 1),
    outputs: proto.output,
    attributes: readAttributes(proto),
    ...(opset === undefined ? {} : { opset }),
  };
}

/** The first node that reads a value, for messages. */
function readerOf(graph: GraphProto, value: string | undefined): string {
  const node = graph.node.find(({ input }) => input.includes(value ?? ''));
  return node?.name || node?.output[0] || 'none';
}

function constantsOf(graph: GraphProto): Map<string, Tensor> {
  const constants = new Map<string, Tensor>();
  const [sparse] = graph.sparseInitializer;
  if (sparse !== undefined) {
    throw new FloatpathError(
      'unsupported-op',
      `readOnnx: expected dense weights, got the sparse initializer "${sparse.values?.name ?? ''}" at the input of node "${readerOf(graph, sparse.values?.name)}"; store it as a dense one, or use the model as an opaque one`,
    );
  }
  for (const proto of graph.initializer) {
    if (proto.name === '')
      throw malformed('expected every initializer to have a name, got one without');
    if (constants.has(proto.name))
      throw malformed(`expected one initializer named "${proto.name}", got several`);
    constants.set(proto.name, readTensor(proto));
  }
  return constants;
}

/**
 * The parsed file as plain values: initializers that are also listed as inputs are constants.
 *
 * @throws {FloatpathError} `malformed-file`, `unsupported-op` (custom domains, inputs that are not float),
 * `unsupported-format`
 */
export function draftOf({ graph, opset, otherOpsets }: DecodedModel): Draft {
  const constants = constantsOf(graph);
  return {
    name: graph.name,
    opset,
    constants,
    inputs: graph.input.filter(({ name }) => !constants.has(name)).map(inputOf),
    outputs: graph.output.map((value) => ({
      name: value.name,
      dtype: value.type === undefined ? 'float32' : dtypeOf(value, 'output'),
    })),
    nodes: graph.node.map((node) => nodeOf(node, otherOpsets.get(node))),
  };
}
