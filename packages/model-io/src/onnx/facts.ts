import { plainBytes } from '../plain-bytes.js';
import { decodedModel, parseModel } from './decode.js';
import { draftOf } from './draft.js';
import { batchRefusalOf } from './network-of-draft.js';
import {
  TensorProto_DataType as Type,
  type GraphProto,
  type NodeProto,
  type TensorProto,
} from './onnx_pb.js';

/** What an ONNX file says of itself, before anything is made canonical. */
export interface OnnxFacts {
  /** Version of the default operator set. */
  readonly opset: number;
  readonly producer: string;
  /** How often each op occurs in the main graph. */
  readonly ops: ReadonlyMap<string, number>;
  /** Weights stored in 16 bits, by type: `float16`, `bfloat16`. */
  readonly narrow: ReadonlyMap<string, number>;
}

const narrowTypes: ReadonlyMap<number, string> = new Map([
  [Type.FLOAT16, 'float16'],
  [Type.BFLOAT16, 'bfloat16'],
]);

const constantsOf = ({ attribute }: NodeProto): readonly TensorProto[] =>
  attribute.flatMap(({ t }) => t ?? []);

const weightsOf = ({ initializer, node }: GraphProto): readonly TensorProto[] => [
  ...initializer,
  ...node.flatMap(constantsOf),
];

/** @throws {FloatpathError} `malformed-file` */
export function onnxFacts(bytes: Uint8Array): OnnxFacts {
  const model = parseModel(plainBytes(bytes));
  const { graph, opset } = decodedModel(model, bytes.length);
  const ops = new Map<string, number>();
  for (const { opType } of graph.node) ops.set(opType, (ops.get(opType) ?? 0) + 1);
  const narrow = new Map<string, number>();
  for (const { dataType } of weightsOf(graph)) {
    const type = narrowTypes.get(dataType);
    if (type !== undefined) narrow.set(type, (narrow.get(type) ?? 0) + 1);
  }
  return { opset, producer: model.producerName, ops, narrow };
}

/**
 * Why the batch axis of a file cannot be freed, naming the node that mixes rows; `undefined` where it can.
 *
 * @throws {FloatpathError} as `readOnnx`
 */
export function batchRefusal(bytes: Uint8Array): string | undefined {
  return batchRefusalOf(draftOf(decodedModel(parseModel(plainBytes(bytes)), bytes.length)));
}

/** One sentence per type of weights that are widened when the file is read. */
export function widenedNotes(bytes: Uint8Array): readonly string[] {
  return [...onnxFacts(bytes).narrow.keys()].map(
    (type) => `weights stored as ${type} are read as float32: path analysis describes that network`,
  );
}
