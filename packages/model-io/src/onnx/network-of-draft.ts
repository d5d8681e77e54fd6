import { FloatpathError, type ErrorCode, type Network, type ValueInfo } from '@floatpath/core';
import type { Draft, DraftInput, DraftNode } from './draft.js';
import { finish } from './finish.js';
import { orderedNodes } from './order.js';
import { ops } from './ops.js';
import { applyRules, type CanonicalGraph } from './reading.js';

/** Only the first axis may be symbolic; a rank-1 input of fixed length is one row without a batch axis. */
function checkInput({ name, shape }: DraftInput): void {
  if (!shape.slice(1).includes(undefined)) return;
  const got = shape.map((extent) => extent ?? '?').join(', ');
  throw new FloatpathError(
    'unsupported-format',
    `readOnnx: expected input "${name}" to have fixed extents after the first axis, got [${got}]; export the model for one input size`,
  );
}

const mayBeBatch = ({ shape }: DraftInput): boolean => shape.length >= 2 || shape[0] === undefined;

/** The number of rows that the file fixed, 1 where it is symbolic; `undefined` where the inputs have no common batch axis. */
function fileRowsOf(inputs: readonly DraftInput[]): number | undefined {
  if (inputs.length === 0 || !inputs.every((input) => input.shape.length > 0 && mayBeBatch(input)))
    return undefined;
  const fixed = new Set(inputs.flatMap(({ shape }) => shape[0] ?? []));
  return fixed.size > 1 ? undefined : ([...fixed][0] ?? 1);
}

const withFirstAxis = (inputs: readonly DraftInput[], first: 'batch' | number): ValueInfo[] =>
  inputs.map(({ name, dtype, shape }) => ({
    name,
    dtype,
    shape: shape.map((extent, i) => (i === 0 && first === 'batch' ? first : (extent ?? 1))),
  }));

const retried: ReadonlySet<ErrorCode> = new Set(['invalid-network', 'unsupported-op']);

/** The graph with its batch axis free, or why an op does not let it pass. */
function freeGraph(
  draft: Draft,
  nodes: readonly DraftNode[],
  fileRows: number,
): CanonicalGraph | FloatpathError {
  try {
    return applyRules(draft, nodes, withFirstAxis(draft.inputs, 'batch'), fileRows, ops);
  } catch (error) {
    // Shape arithmetic with a free extent is known less well: with the file's own it may still work out.
    if (error instanceof FloatpathError && retried.has(error.code)) return error;
    throw error;
  }
}

/** Why the batch axis of a file cannot be freed, naming the node; `undefined` where it can. */
export function batchRefusalOf(draft: Draft): string | undefined {
  draft.inputs.forEach(checkInput);
  const fileRows = fileRowsOf(draft.inputs);
  if (fileRows === undefined) return 'its inputs have no first axis in common';
  const graph = freeGraph(draft, orderedNodes(draft), fileRows);
  return graph instanceof FloatpathError ? graph.message : undefined;
}

/** Frees the batch axis if every op lets it pass, else keeps the file's own shapes. */
function canonicalGraph(draft: Draft): CanonicalGraph {
  draft.inputs.forEach(checkInput);
  const nodes = orderedNodes(draft);
  const fileRows = fileRowsOf(draft.inputs);
  if (fileRows !== undefined) {
    const free = freeGraph(draft, nodes, fileRows);
    if (!(free instanceof FloatpathError)) return free;
  }
  return applyRules(draft, nodes, withFirstAxis(draft.inputs, fileRows ?? 1), fileRows ?? 1, ops);
}

/**
 * The canonical network of a graph as a file has it: nodes sorted, every op in its opset-18 form, the batch axis free where every
 * op lets it pass.
 *
 * @throws {FloatpathError} `malformed-file`, `unsupported-op`, `unsupported-format`, `invalid-network`, `invalid-data`
 */
export const networkOfDraft = (draft: Draft, name: string): Network =>
  finish(draft, canonicalGraph(draft), name);
