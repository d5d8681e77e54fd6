import type { DeclaredValue } from '@floatpath/core';
import { plainBytes } from '../plain-bytes.js';
import { malformed, parseModel } from './decode.js';
import { TensorProto_DataType as Type, type ValueInfoProto } from './onnx_pb.js';

/** ONNX's element types that ONNX Runtime calls by another name. */
const renamed: Readonly<Record<string, string>> = {
  FLOAT: 'float32',
  DOUBLE: 'float64',
  UNDEFINED: 'unknown',
};

function declared({ name, type }: ValueInfoProto): DeclaredValue {
  const tensor = type?.value.case === 'tensorType' ? type.value.value : undefined;
  const known = (Type as Record<number, string | undefined>)[tensor?.elemType ?? 0] ?? 'UNDEFINED';
  const shape = tensor?.shape?.dim.map(({ value }, axis) => {
    if (value.case === 'dimValue' && value.value > 0n) return Number(value.value);
    return axis === 0 ? 'batch' : 'unknown';
  });
  return {
    name,
    dtype: renamed[known] ?? known.toLowerCase(),
    ...(shape === undefined ? {} : { shape }),
  };
}

/**
 * What an ONNX file declares of its inputs and outputs; its nodes are not looked at, so that any op may be among them.
 * Initializers that are listed as inputs are none.
 *
 * @throws {FloatpathError} `malformed-file` if the bytes are no ONNX model with an input and an output
 */
export function declaredValues(bytes: Uint8Array): {
  readonly inputs: readonly DeclaredValue[];
  readonly outputs: readonly DeclaredValue[];
} {
  const { graph } = parseModel(plainBytes(bytes));
  const constants = new Set(graph?.initializer.map(({ name }) => name));
  const inputs = graph?.input.filter(({ name }) => !constants.has(name)) ?? [];
  const outputs = graph?.output ?? [];
  if (inputs.length === 0 || outputs.length === 0 || graph?.node.length === 0) {
    throw malformed(
      `expected an ONNX model with inputs, outputs and nodes, got ${bytes.length} bytes without`,
    );
  }
  return { inputs: inputs.map(declared), outputs: outputs.map(declared) };
}
