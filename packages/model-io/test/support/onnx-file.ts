import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Type,
  ModelProtoSchema,
  TensorProto_DataType,
  type AttributeProtoSchema,
  type TensorProtoSchema,
} from '../../src/onnx/onnx_pb.js';

type AttributeValue =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] };

/** A file as an exporter of opset `opset` would write it, legacy forms included. */
export interface FileSpec {
  readonly opset: number;
  readonly input: readonly (number | string)[];
  readonly inputType?: TensorProto_DataType;
  /** `[op, inputs, output, attributes]`; the input is `x`, the output `y`. */
  readonly nodes: readonly (readonly [
    op: string,
    inputs: string,
    outputs: string,
    attributes?: Readonly<Record<string, AttributeValue>>,
  ])[];
  readonly weights?: Readonly<Record<string, MessageInitShape<typeof TensorProtoSchema>>>;
  /** Initializers that are listed as inputs too, as IR version 3 did. */
  readonly listedAsInputs?: boolean;
  readonly domain?: string;
}

function attributeInit(
  name: string,
  value: AttributeValue,
): MessageInitShape<typeof AttributeProtoSchema> {
  if (typeof value === 'number') return { name, type: Type.INT, i: BigInt(value) };
  if (typeof value === 'string')
    return { name, type: Type.STRING, s: new TextEncoder().encode(value) };
  if ('floats' in value) return { name, type: Type.FLOATS, floats: [...value.floats] };
  if ('float' in value) return { name, type: Type.FLOAT, f: value.float };
  return { name, type: Type.INTS, ints: value.map(BigInt) };
}

const names = (list: string): string[] =>
  list
    .split(' ')
    .filter((name) => name !== '')
    .map((name) => (name === '_' ? '' : name));

const valueInfo = (name: string, shape: readonly (number | string)[], elemType: number) => ({
  name,
  type: {
    value: {
      case: 'tensorType' as const,
      value: {
        elemType,
        shape: {
          dim: shape.map((extent) => ({
            value:
              typeof extent === 'string'
                ? { case: 'dimParam' as const, value: extent }
                : { case: 'dimValue' as const, value: BigInt(extent) },
          })),
        },
      },
    },
  },
});

/** float32 weights in the typed field. */
export const weight = (
  dims: readonly number[],
  floatData: readonly number[],
): MessageInitShape<typeof TensorProtoSchema> => ({
  dims: dims.map(BigInt),
  dataType: TensorProto_DataType.FLOAT,
  floatData: [...floatData],
});

export const whole = (
  dims: readonly number[],
  int64Data: readonly number[],
): MessageInitShape<typeof TensorProtoSchema> => ({
  dims: dims.map(BigInt),
  dataType: TensorProto_DataType.INT64,
  int64Data: int64Data.map(BigInt),
});

/** The bytes of `spec`. `_` stands for an omitted input. */
export function onnxFile(spec: FileSpec): Uint8Array {
  const weights = Object.entries(spec.weights ?? {});
  const listed = spec.listedAsInputs
    ? weights.map(([name, w]) => valueInfo(name, (w.dims ?? []).map(Number), w.dataType ?? 1))
    : [];
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 3n,
      opsetImport: [{ domain: spec.domain ?? '', version: BigInt(spec.opset) }],
      graph: {
        name: 'file',
        input: [
          valueInfo('x', spec.input, spec.inputType ?? TensorProto_DataType.FLOAT),
          ...listed,
        ],
        output: [{ name: 'y' }],
        initializer: weights.map(([name, tensor]) => ({ ...tensor, name })),
        node: spec.nodes.map(([opType, input, output, attributes = {}]) => ({
          opType,
          input: names(input),
          output: names(output),
          attribute: Object.entries(attributes).map(([name, value]) => attributeInit(name, value)),
        })),
      },
    }),
  );
}
