// Attributes of a node of a TensorFlow graph, as protobuf's JSON and its older dialects write them.
import { FloatpathError } from '@floatpath/core';
import { malformedIn } from '../as-reader.js';
import { isObject, type Json } from '../keras/fields.js';

const malformed = malformedIn('readTfjs');

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** Names of nodes whose first output is read; those that only have to run before are left out. */
  readonly inputs: readonly string[];
  readonly attributes: Json;
}

export const unsupportedTfNode = ({ name, op }: GraphNode, what = ''): FloatpathError =>
  new FloatpathError(
    'unsupported-op',
    `readTfjs: unsupported op "${op}"${what === '' ? '' : ` ${what}`} at node "${name}"; export the model as ONNX, or with ops of the table in the README`,
  );

export const invalidTfNode = ({ name, op }: GraphNode, expectation: string): FloatpathError =>
  malformed(`expected ${expectation} at node "${name}" (${op})`);

function nameOfInput(stated: unknown, node: string): string | undefined {
  if (typeof stated !== 'string') throw malformed(`expected inputs by name at node "${node}"`);
  if (stated.startsWith('^')) return undefined;
  const [name = '', port] = stated.split(':');
  // The first output may be called by its number.
  return port === undefined || port === '0' ? name : stated;
}

export function graphNode(value: unknown, place: number): GraphNode {
  const { name, op, input = [], attr = {} } = isObject(value) ? value : {};
  if (
    typeof name !== 'string' ||
    typeof op !== 'string' ||
    !Array.isArray(input) ||
    !isObject(attr)
  )
    throw malformed(`expected node ${place} of the graph to have a name and an op`);
  const inputs = input.map((stated) => nameOfInput(stated, name));
  return { name, op, inputs: inputs.filter((entry) => entry !== undefined), attributes: attr };
}

const attribute = (node: GraphNode, name: string): Json | undefined => {
  const value = node.attributes[name];
  return isObject(value) ? value : undefined;
};

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function fromBase64(text: string): string {
  let bits = 0;
  let width = 0;
  let out = '';
  for (const character of text.replaceAll('=', '')) {
    bits = ((bits << 6) | Math.max(ALPHABET.indexOf(character), 0)) & 0xffff;
    width += 6;
    if (width < 8) continue;
    width -= 8;
    out += String.fromCharCode((bits >> width) & 0xff);
  }
  return out;
}

/** Bytes are base64, or a list of their codes. */
const textOf = (value: unknown): string | undefined => {
  if (Array.isArray(value)) return String.fromCharCode(...(value.slice(0, 256) as number[]));
  return typeof value === 'string' ? fromBase64(value) : undefined;
};

export const tfText = (node: GraphNode, name: string, fallback: string): string =>
  textOf(attribute(node, name)?.['s']) ?? fallback;

export const tfFlag = (node: GraphNode, name: string): boolean =>
  attribute(node, name)?.['b'] === true;

/** Integers beyond 2^31 are written as text. */
function integerOf(node: GraphNode, name: string, value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number))
    throw invalidTfNode(node, `attribute ${name} to be an integer`);
  return number;
}

export function tfInteger(node: GraphNode, name: string, fallback: number): number {
  const value = attribute(node, name)?.['i'];
  return value === undefined ? fallback : integerOf(node, name, value);
}

export function tfNumber(node: GraphNode, name: string, fallback: number): number {
  const value = attribute(node, name)?.['f'] ?? fallback;
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw invalidTfNode(node, `attribute ${name} to be a finite number`);
  return value;
}

const listOf = (node: GraphNode, name: string, kind: string): readonly unknown[] => {
  const list = attribute(node, name)?.['list'];
  const value = isObject(list) ? list[kind] : undefined;
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
};

export const tfIntegers = (node: GraphNode, name: string): readonly number[] =>
  listOf(node, name, 'i').map((value) => integerOf(node, name, value));

export const tfTexts = (node: GraphNode, name: string): readonly string[] =>
  listOf(node, name, 's').map((value) => textOf(value) ?? '');

/** Extents, `undefined` where unknown; `undefined` alone for an unknown rank. */
export function shapeIn(value: unknown): readonly (number | undefined)[] | undefined {
  if (!isObject(value) || value['unknownRank'] === true) return undefined;
  const dims = value['dim'] ?? [];
  if (!Array.isArray(dims)) return undefined;
  return dims.map((dim: unknown) => {
    const size = Number(isObject(dim) ? dim['size'] : NaN);
    return Number.isSafeInteger(size) && size > 0 ? size : undefined;
  });
}

export const tfShape = (
  node: GraphNode,
  name: string,
): readonly (number | undefined)[] | undefined => shapeIn(attribute(node, name)?.['shape']);

/** Numbers of a type are those of `types.proto`; older converters write the number. */
export function isFloatType(value: unknown): boolean {
  return value === undefined || value === 1 || value === 'DT_FLOAT';
}

export const tfType = (node: GraphNode, name: string): unknown => attribute(node, name)?.['type'];
