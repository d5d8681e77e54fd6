import { create, toBinary } from '@bufbuild/protobuf';
import { malformedIn } from '../as-reader.js';
import { parseModel } from '../onnx/decode.js';
import { TensorProto_DataType, TensorProtoSchema, ModelProtoSchema } from '../onnx/onnx_pb.js';
import { readSafetensors } from './read-safetensors.js';

const malformed = malformedIn('readSafetensors');

/**
 * An ONNX model with weights out of a safetensors file: every tensor of that file takes the place of the initializer of its
 * name and shape. Initializers that it does not name stay as they are.
 *
 * @returns the bytes of an ONNX model in float32, and how many initializers were replaced
 * @throws {FloatpathError} `malformed-file` naming a tensor that no initializer has, or one of another shape
 */
export function onnxWithWeights(
  model: Uint8Array,
  weights: Uint8Array,
): { bytes: Uint8Array; replaced: number; kept: number; widened: ReadonlySet<string> } {
  const proto = parseModel(model, true);
  const { tensors, widened } = readSafetensors(weights);
  const graph = proto.graph;
  const initializers = graph?.initializer ?? [];
  const places = new Map(initializers.map(({ name }, i) => [name, i]));
  for (const [name, { shape, data }] of tensors) {
    const at = places.get(name);
    const stated = at === undefined ? undefined : initializers[at];
    if (stated === undefined || at === undefined) {
      throw malformed(
        `expected an initializer for tensor "${name}" in the model, got ${[...places.keys()].slice(0, 5).join(', ') || 'none'}; give the weights of this very model`,
      );
    }
    const dims = stated.dims.map(Number);
    if (dims.join() !== shape.join())
      throw malformed(
        `expected tensor "${name}" of shape [${dims.join(', ')}] as in the model, got [${shape.join(', ')}]`,
      );
    initializers[at] = create(TensorProtoSchema, {
      name,
      dims: stated.dims,
      dataType: TensorProto_DataType.FLOAT,
      rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
    });
  }
  return {
    bytes: toBinary(ModelProtoSchema, proto),
    replaced: tensors.size,
    kept: initializers.length - tensors.size,
    widened,
  };
}
