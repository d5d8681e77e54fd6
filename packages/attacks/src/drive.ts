import { FloatpathError, type Classifier, type RunOptions } from '@floatpath/core';
import { answerBatch, type Queries } from './answer-batch.js';
import type { Answer, Asking, Query } from './search.js';

type Kind = Query['kind'];

interface Active<T> {
  readonly row: number;
  readonly asking: Asking<T>;
  readonly answers: Answer[];
  missing: number;
  failure: FloatpathError | undefined;
}

interface Pending<T> {
  readonly active: Active<T>;
  readonly slot: number;
  readonly query: Query;
}

/**
 * Runs one computation per row, answering the questions of many rows in common batches. A finished row makes place for
 * the next, so batches stay full until the last rows; of the kinds of question, the one most asked for goes first.
 *
 * An answer that is not finite is thrown into the computation of its row, which may go on without it.
 *
 * @throws {FloatpathError} `no-gradient`; `not-finite` where the row's computation does not catch it
 */
export async function driveRows<T>(
  classifier: Classifier,
  rows: number,
  begin: (row: number) => Asking<T>,
  options: RunOptions & { readonly batchSize: number },
): Promise<{ readonly results: readonly T[]; readonly queries: Queries }> {
  const results = new Array<T>(rows);
  const queues = new Map<Kind, Pending<T>[]>();
  let admitted = 0;
  let done = 0;
  let forward = 0;
  let backward = 0;

  const resume = (active: Active<T>): void => {
    const { asking, failure } = active;
    const answers = active.answers.splice(0);
    active.failure = undefined;
    const next = failure === undefined ? asking.next(answers) : asking.throw(failure);
    if (next.done === true) {
      results[active.row] = next.value;
      done += 1;
      return;
    }
    active.missing = next.value.length;
    next.value.forEach((query, slot) => {
      const queue = queues.get(query.kind) ?? [];
      queues.set(query.kind, queue);
      queue.push({ active, slot, query });
    });
  };
  const longest = (): [Kind, Pending<T>[]] | undefined =>
    [...queues].reduce<[Kind, Pending<T>[]] | undefined>(
      (best, entry) => (entry[1].length > (best?.[1].length ?? 0) ? entry : best),
      undefined,
    );

  for (;;) {
    while (admitted < rows && (longest()?.[1].length ?? 0) < options.batchSize) {
      const row = admitted;
      admitted += 1;
      resume({ row, asking: begin(row), answers: [], missing: 0, failure: undefined });
    }
    const [kind, queue] = longest() ?? [];
    if (kind === undefined || queue === undefined) break;
    options.signal?.throwIfAborted();
    const batch = queue.splice(0, options.batchSize);
    const { answers, queries } = await answerBatch(
      classifier,
      kind,
      batch.map(({ query }) => query),
      batch.map(({ active }) => active.row),
    );
    forward += queries.forward;
    backward += queries.backward;
    batch.forEach(({ active, slot }, i) => {
      const answer = answers[i] as Answer | FloatpathError;
      if (answer instanceof FloatpathError) active.failure = answer;
      else active.answers[slot] = answer;
      active.missing -= 1;
      if (active.missing === 0) resume(active);
    });
    options.onProgress?.({ stage: 'attack', done, total: rows });
  }
  return { results, queries: { forward, backward } };
}
