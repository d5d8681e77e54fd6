import type { Attribute, Attributes } from '@floatpath/core';
import { malformed } from './decode.js';
import {
  AttributeProto_AttributeType as Type,
  type AttributeProto,
  type NodeProto,
} from './onnx_pb.js';
import { readTensor } from './tensor.js';

const utf8 = new TextDecoder();

/** Exporters write 2^63 - 1 for "to the end": any number beyond the safe integers means the same. */
const toInteger = (value: bigint): number =>
  Math.min(Math.max(Number(value), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);

/** IR version 1 had no `type` field: the one that is filled tells. */
function typeOf(proto: AttributeProto): Type {
  if (proto.type !== Type.UNDEFINED) return proto.type;
  if (proto.t !== undefined) return Type.TENSOR;
  if (proto.g !== undefined) return Type.GRAPH;
  if (proto.floats.length > 0) return Type.FLOATS;
  if (proto.ints.length > 0) return Type.INTS;
  if (proto.strings.length > 0) return Type.STRINGS;
  if (proto.s.length > 0) return Type.STRING;
  return proto.f !== 0 ? Type.FLOAT : Type.INT;
}

/** `undefined` for graphs and other kinds that no supported op has. */
function valueOf(proto: AttributeProto): Attribute | undefined {
  switch (typeOf(proto)) {
    case Type.FLOAT:
      return proto.f;
    case Type.INT:
      return toInteger(proto.i);
    case Type.STRING:
      return utf8.decode(proto.s);
    case Type.TENSOR:
      if (proto.t === undefined)
        throw malformed(`expected attribute "${proto.name}" to hold its tensor, got none`);
      return readTensor(proto.t);
    case Type.FLOATS:
      return proto.floats;
    case Type.INTS:
      return proto.ints.map(toInteger);
    case Type.STRINGS:
      return proto.strings.map((bytes) => utf8.decode(bytes));
    default:
      return undefined;
  }
}

/** The attributes of a node by name. */
export function readAttributes(node: NodeProto): Attributes {
  const entries: [string, Attribute][] = [];
  for (const proto of node.attribute) {
    const value = valueOf(proto);
    if (value !== undefined) entries.push([proto.name, value]);
  }
  return Object.fromEntries(entries);
}
