import { fromBinary } from '@bufbuild/protobuf';
import { FloatpathError } from '@floatpath/core';
import { changed, inlinedNodes } from './functions.js';
import { ModelProtoSchema, type GraphProto, type ModelProto } from './onnx_pb.js';

export interface DecodedModel {
  readonly graph: GraphProto;
  /** Version of the default operator set. */
  readonly opset: number;
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

/** `ai.onnx` is the default domain's other name; a domain listed twice counts with its highest version. */
function defaultOpset(model: ModelProto): number {
  const versions = model.opsetImport
    .filter(({ domain }) => domain === '' || domain === 'ai.onnx')
    .map(({ version }) => Number(version));
  // Files of IR version 1 and 2 could leave the operator set out and meant version 1.
  return versions.length === 0 ? 1 : Math.max(...versions);
}

/** The newest operator set whose ops are known to mean what we read. */
const NEWEST = 23;

/**
 * The model's graph with its own functions inlined.
 *
 * @param size - bytes of the file, for the message
 * @throws {FloatpathError} `malformed-file`; `unsupported-op` for an operator set after 23
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
  const opset = defaultOpset(model);
  if (opset > NEWEST) {
    throw new FloatpathError(
      'unsupported-op',
      `readOnnx: expected operator sets 1 to ${NEWEST}, got ${opset} from node "${graph.node[0]?.name}" on; export the model with operator set 18, or use it as an opaque model`,
    );
  }
  return { graph: changed(graph, { node: inlinedNodes(model, graph.node, opset) }), opset };
}
