import { fromBinary } from '@bufbuild/protobuf';
import { FloatpathError } from '@floatpath/core';
import { changed, defaultOpset, inlinedNodes } from './functions.js';
import { ModelProtoSchema, type GraphProto, type ModelProto, type NodeProto } from './onnx_pb.js';

export interface DecodedModel {
  readonly graph: GraphProto;
  /** Version of the default operator set. */
  readonly opset: number;
  /** That of nodes from functions that are written in another one. */
  readonly otherOpsets: ReadonlyMap<NodeProto, number>;
}

export const malformed = (message: string, cause?: unknown): FloatpathError =>
  new FloatpathError(
    'malformed-file',
    `readOnnx: ${message}`,
    cause === undefined ? {} : { cause },
  );

/** The protobuf message; unknown fields are kept on request only. */
export function parseModel(bytes: Uint8Array, readUnknownFields = false): ModelProto {
  if (bytes.length === 0) throw malformed('expected an ONNX model, got an empty file');
  try {
    return fromBinary(ModelProtoSchema, bytes, { readUnknownFields });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw malformed(
      `expected an ONNX model (a protobuf message), got ${bytes.length} bytes that end early or are something else (${reason}); copy or export the file again`,
      cause,
    );
  }
}

/** The newest operator set whose ops are known to mean what we read. */
const NEWEST = 26;

/**
 * The model's graph with its own functions inlined.
 *
 * @param size - bytes of the file, for the message
 * @throws {FloatpathError} `malformed-file`; `unsupported-op` for an operator set after 26
 */
export function decodedModel(model: ModelProto, size: number): DecodedModel {
  const { graph } = model;
  if (graph === undefined) {
    throw malformed(
      `expected an ONNX model with a graph, got ${size} bytes without one (as in a TensorFlow or Core ML file); export the model as ONNX`,
    );
  }
  if (graph.output.length === 0)
    throw malformed('expected a graph with at least one output, got none');
  if (graph.node.some(({ opType }) => opType === ''))
    throw malformed('expected every node to name its op');
  // Files of IR version 1 and 2 could leave the operator set out and meant version 1.
  const opset = defaultOpset(model.opsetImport) ?? 1;
  const nodes = inlinedNodes(model, graph.node, opset);
  const late = nodes.find((versioned) => versioned.opset > NEWEST);
  if (late !== undefined) {
    throw new FloatpathError(
      'unsupported-op',
      `readOnnx: expected operator sets 1 to ${NEWEST}, got ${late.opset} from node "${late.node.name}" on; export the model with operator set 18, or use it as an opaque model`,
    );
  }
  const others = nodes.filter((versioned) => versioned.opset !== opset);
  return {
    graph: changed(graph, { node: nodes.map(({ node }) => node) }),
    opset,
    otherOpsets: new Map(others.map((versioned) => [versioned.node, versioned.opset])),
  };
}
