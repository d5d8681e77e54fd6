import type { GraphBuilder } from '../graph-builder.js';
import { castTarget } from './plumbing.js';
import type { ChoiceGate, GateNode } from './op.js';

/** Largest finite float32: what a runner-up that does not exist is farther away than. */
export const LARGEST = 3.4028234663852886e38;

/** A piece of every unit at once. */
export interface EmittedCandidate {
  /** Of the output's shape, or broadcasting to it; undefined where the piece is a constant. */
  readonly value: string | undefined;
  /** Bool, false at units that have no such candidate; undefined where all have it. */
  readonly exists?: string;
}

/** Emits the candidates of all units, pieces ascending, with `ys` in place of the node's inputs. */
export type EmitCandidates = (
  graph: GraphBuilder,
  gate: GateNode,
  ys: readonly (string | undefined)[],
) => readonly EmittedCandidate[];

/** Emits where piece `piece` of `pieces` is selected. */
export function isSelected(
  graph: GraphBuilder,
  selection: string,
  piece: number,
  pieces: number,
): string {
  if (pieces > 2) return graph.add('Equal', [selection, graph.integers([piece])]);
  return piece === 1 ? selection : graph.add('Not', [selection]);
}

/** Selection, selected value and gap of gates with few candidates, one tensor per piece. */
export function candidateEmission(
  pick: ChoiceGate['pick'],
  emitCandidates: EmitCandidates,
): Pick<ChoiceGate, 'select' | 'applySelection' | 'gap'> {
  const [better, worse] = pick === 'greatest' ? ['Max', 'Min'] : ['Min', 'Max'];
  return {
    // The winner is the first candidate that is as good as the node's own output.
    select(graph, gate) {
      const { node } = gate;
      const candidates = emitCandidates(graph, gate, node.inputs);
      const [first] = candidates as readonly [EmittedCandidate];
      const [z = '', best = ''] = [first.value, node.outputs[0]];
      if (candidates.length === 1) return graph.add('Less', [z, z]);
      const wins = ({ value = '', exists }: EmittedCandidate): string => {
        const op = pick === 'greatest' ? 'GreaterOrEqual' : 'LessOrEqual';
        const reached = graph.add(op, [value, best]);
        return exists === undefined ? reached : graph.add('And', [reached, exists]);
      };
      if (candidates.length === 2) return graph.add('Not', [wins(first)]);
      const last = candidates.length - 1;
      const winner = candidates
        .slice(0, last)
        .reduceRight(
          (later, candidate, piece) =>
            graph.add('Where', [wins(candidate), graph.scalar(piece), later]),
          graph.scalar(last),
        );
      return graph.add('Cast', [winner], { to: castTarget.int64 });
    },
    applySelection(graph, gate, selection, ys) {
      const values = emitCandidates(graph, gate, ys).map(({ value }) => value ?? graph.scalar(0));
      return choose(graph, selection, values);
    },
    gap(graph, gate) {
      const none = graph.scalar(pick === 'greatest' ? -LARGEST : LARGEST);
      const [first = none, ...others] = emitCandidates(graph, gate, gate.node.inputs).map(
        ({ value = '', exists }) =>
          exists === undefined ? value : graph.add('Where', [exists, value, none]),
      );
      let [best, second] = [first, none];
      for (const value of others) {
        second = graph.add(better, [second, graph.add(worse, [best, value])]);
        best = graph.add(better, [best, value]);
      }
      return graph.add('Sub', pick === 'greatest' ? [best, second] : [second, best]);
    },
  };
}

/** Emits, per unit, the value that belongs to the selected piece. */
export function choose(graph: GraphBuilder, selection: string, values: readonly string[]): string {
  const last = values.length - 1;
  const [final = ''] = values.slice(last);
  if (last === 0) return graph.add('Where', [selection, final, final]);
  if (last === 1) return graph.add('Where', [selection, final, values[0] as string]);
  return values
    .slice(0, last)
    .reduceRight(
      (rest, value, piece) =>
        graph.add('Where', [isSelected(graph, selection, piece, last + 1), value, rest]),
      final,
    );
}
