import { malformed } from './decode.js';
import type { Draft, DraftNode } from './draft.js';

/** Which node makes each value. */
function makersOf(draft: Draft): ReadonlyMap<string, DraftNode> {
  const taken = new Set(draft.constants.keys());
  const take = (name: string): void => {
    if (taken.has(name)) throw malformed(`expected one maker of value "${name}", got several`);
    taken.add(name);
  };
  for (const input of draft.inputs) take(input.name);
  const makers = new Map<string, DraftNode>();
  for (const node of draft.nodes) {
    for (const output of node.outputs) {
      if (output === '') continue;
      take(output);
      makers.set(output, node);
    }
  }
  for (const name of draft.outputs.map((output) => output.name)) {
    if (!taken.has(name))
      throw malformed(`expected output "${name}" to be made by a node, got none`);
  }
  for (const node of draft.nodes) {
    for (const input of node.inputs) {
      if (input !== '' && !taken.has(input)) {
        throw malformed(
          `expected input "${input}" of node "${node.name}" to be made by a node, got none`,
        );
      }
    }
  }
  return makers;
}

/**
 * The nodes that the outputs need, each after the makers of its inputs. Nodes that are in such an order already
 * keep it, so reading a written network changes nothing.
 *
 * @throws {FloatpathError} `malformed-file` for cycles and for values with no maker or several
 */
export function orderedNodes(draft: Draft): DraftNode[] {
  const makers = makersOf(draft);
  const makersBefore = (node: DraftNode): DraftNode[] =>
    node.inputs.flatMap((input) => makers.get(input) ?? []);

  const needed = new Set<DraftNode>();
  const open = draft.outputs.flatMap(({ name }) => makers.get(name) ?? []);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (needed.has(node)) continue;
    needed.add(node);
    open.push(...makersBefore(node));
  }

  const ordered: DraftNode[] = [];
  const state = new Map<DraftNode, 'open' | 'done'>();
  for (const root of draft.nodes.filter((node) => needed.has(node))) {
    const stack = [root];
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      const before = makersBefore(node).filter((maker) => state.get(maker) !== 'done');
      if (state.get(node) === 'done' || before.length === 0) {
        if (state.get(node) !== 'done') ordered.push(node);
        state.set(node, 'done');
        stack.pop();
        continue;
      }
      if (state.get(node) === 'open')
        throw malformed(`expected a graph without cycles, got one through node "${node.name}"`);
      state.set(node, 'open');
      stack.push(...before.reverse());
    }
  }
  return ordered;
}
