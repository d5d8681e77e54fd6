import { malformedIn } from '../as-reader.js';
import type { AttributeProto, FunctionProto, ModelProto, NodeProto } from './onnx_pb.js';

const malformed = malformedIn('readOnnx');

/** A small file of functions that call functions must not fill the memory. */
const MOST_NODES = 100_000;
const DEEPEST = 32;

/** The same message with other fields; defaults of fields that are not set live on its prototype. */
export const changed = <T extends object>(message: T, changes: Partial<T>): T =>
  Object.assign(Object.create(Object.getPrototypeOf(message) as object) as T, message, changes);

const keyOf = (domain: string, name: string, overload: string): string =>
  `${domain === 'ai.onnx' ? '' : domain}\u0000${name}\u0000${overload}`;

/** The attributes of a body's node: those that refer to an attribute of the call have its value, or are left out. */
function boundAttributes(
  body: NodeProto,
  given: ReadonlyMap<string, AttributeProto>,
): AttributeProto[] {
  return body.attribute.flatMap((attribute) => {
    if (attribute.refAttrName === '') return [attribute];
    const value = given.get(attribute.refAttrName);
    return value === undefined ? [] : [changed(value, { name: attribute.name })];
  });
}

/** One call as the nodes of the function's body, its inner values under names of their own. */
function expanded(call: NodeProto, body: FunctionProto, label: string): NodeProto[] {
  const names = new Map<string, string>([['', '']]);
  body.input.forEach((name, i) => names.set(name, call.input[i] ?? ''));
  body.output.forEach((name, i) => {
    const outer = call.output[i] ?? '';
    if (outer !== '') names.set(name, outer);
  });
  const nameOf = (name: string): string => names.get(name) ?? `${label}/${name}`;
  const given = new Map(
    [...body.attributeProto, ...call.attribute].map((attribute) => [attribute.name, attribute]),
  );
  return body.node.map((node, i) =>
    changed(node, {
      name: `${label}/${node.name === '' ? `${node.opType}_${i + 1}` : node.name}`,
      input: node.input.map(nameOf),
      output: node.output.map(nameOf),
      attribute: boundAttributes(node, given),
    }),
  );
}

/** A node, and the version of the default operator set that its function or graph is written in. */
export interface VersionedNode {
  readonly node: NodeProto;
  readonly opset: number;
}

/** `ai.onnx` is the default domain's other name; a domain listed twice counts with its highest version. */
export function defaultOpset(imports: ModelProto['opsetImport']): number | undefined {
  const versions = imports
    .filter(({ domain }) => domain === '' || domain === 'ai.onnx')
    .map(({ version }) => Number(version));
  return versions.length === 0 ? undefined : Math.max(...versions);
}

/**
 * The nodes of a model's graph with calls of its own functions replaced by their bodies, calls within bodies included. A body may be
 * written in another version of the operator set than the graph.
 *
 * @throws {FloatpathError} `malformed-file` for functions that call themselves or make more than 100,000 nodes and calls
 */
export function inlinedNodes(
  { functions }: ModelProto,
  nodes: readonly NodeProto[],
  opset: number,
): VersionedNode[] {
  const known = new Map(
    functions.map((body) => [keyOf(body.domain, body.name, body.overload), body]),
  );
  const inlined: VersionedNode[] = [];
  let seen = 0;
  const add = (node: NodeProto, depth: number, version: number): void => {
    const body = known.get(keyOf(node.domain, node.opType, node.overload));
    const label =
      node.name === '' ? (node.output.find((name) => name !== '') ?? node.opType) : node.name;
    seen += 1;
    if (known.size > 0 && seen > MOST_NODES)
      throw malformed(
        `expected at most ${MOST_NODES} nodes in functions, got more at node "${label}"`,
      );
    if (body === undefined) {
      inlined.push({ node, opset: version });
      return;
    }
    if (depth >= DEEPEST)
      throw malformed(`expected functions that do not call themselves, got one at node "${label}"`);
    const own = defaultOpset(body.opsetImport) ?? version;
    for (const inner of expanded(node, body, label)) add(inner, depth + 1, own);
  };
  for (const node of nodes) add(node, 0, opset);
  return inlined;
}
