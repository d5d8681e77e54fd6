import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  checkNetwork,
  IR_VERSION,
  OPSET,
  type Attribute,
  type DType,
  type Network,
  type NetworkNode,
  type Tensor,
  type ValueInfo,
} from '@floatpath/core';
import { attributeKind } from './attribute-types.js';
import {
  AttributeProto_AttributeType,
  ModelProtoSchema,
  TensorProto_DataType,
  type AttributeProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from './onnx_pb.js';

const elementTypes: Readonly<Record<DType, TensorProto_DataType>> = {
  float32: TensorProto_DataType.FLOAT,
  float64: TensorProto_DataType.DOUBLE,
  int64: TensorProto_DataType.INT64,
  bool: TensorProto_DataType.BOOL,
};

const utf8 = new TextEncoder();

function tensorProto(name: string, tensor: Tensor): MessageInitShape<typeof TensorProtoSchema> {
  const { buffer, byteOffset, byteLength } = tensor.data;
  return {
    name,
    dims: tensor.shape.map(BigInt),
    dataType: elementTypes[tensor.dtype],
    // ONNX stores raw_data little-endian, as typed arrays are on every platform that runs JavaScript engines today.
    rawData: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
  };
}

function attributeProto(
  name: string,
  value: Attribute,
): MessageInitShape<typeof AttributeProtoSchema> {
  const numbers = value as readonly number[];
  switch (attributeKind(name, value)) {
    case 'float':
      return { name, type: AttributeProto_AttributeType.FLOAT, f: value as number };
    case 'int':
      return { name, type: AttributeProto_AttributeType.INT, i: BigInt(value as number) };
    case 'string':
      return { name, type: AttributeProto_AttributeType.STRING, s: utf8.encode(value as string) };
    case 'tensor':
      return {
        name,
        type: AttributeProto_AttributeType.TENSOR,
        t: tensorProto('', value as Tensor),
      };
    case 'floats':
      return { name, type: AttributeProto_AttributeType.FLOATS, floats: [...numbers] };
    case 'ints':
      return { name, type: AttributeProto_AttributeType.INTS, ints: numbers.map(BigInt) };
    case 'strings':
      return {
        name,
        type: AttributeProto_AttributeType.STRINGS,
        strings: (value as readonly string[]).map((entry) => utf8.encode(entry)),
      };
  }
}

function nodeProto(node: NetworkNode): MessageInitShape<typeof NodeProtoSchema> {
  return {
    name: node.name,
    opType: node.op,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, value]) => attributeProto(name, value)),
  };
}

function valueInfoProto(value: ValueInfo): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = value.shape.map((extent) =>
    extent === 'batch'
      ? { value: { case: 'dimParam' as const, value: 'batch' } }
      : { value: { case: 'dimValue' as const, value: BigInt(extent) } },
  );
  return {
    name: value.name,
    type: {
      value: { case: 'tensorType', value: { elemType: elementTypes[value.dtype], shape: { dim } } },
    },
  };
}

/**
 * Serializes a network as an ONNX model: opset 18, IR version 8, a free batch axis as the symbolic dimension `batch`.
 *
 * Any op, attribute and constant of the network is written as it stands; the bytes depend on nothing else.
 * `readOnnx(writeOnnx(network))` equals `network` when `network` came from `readOnnx`.
 *
 * @throws {FloatpathError} `invalid-network` if a value has no maker or several
 */
export function writeOnnx(network: Network): Uint8Array {
  checkNetwork(network);
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: BigInt(IR_VERSION),
      producerName: 'floatpath',
      opsetImport: [{ domain: '', version: BigInt(OPSET) }],
      graph: {
        name: network.name,
        node: network.nodes.map(nodeProto),
        initializer: Array.from(network.constants, ([name, tensor]) => tensorProto(name, tensor)),
        input: network.inputs.map(valueInfoProto),
        output: network.outputs.map(valueInfoProto),
      },
    }),
  );
}
