import {
  FloatpathError,
  type ErrorCode,
  type Feeds,
  type Network,
  type Tensor,
} from '@floatpath/core';
import type { Counting, CountRequest } from '@floatpath/audit';
import type { EnginePreference } from './load-engine.js';

/** What a counting worker is told when it starts. */
export interface WorkerStart {
  readonly engine: EnginePreference;
  /** One 32-bit cell: the number of the task that is to stop at its next batch. */
  readonly stop: SharedArrayBuffer;
}

export type Task =
  | {
      readonly kind: 'open';
      readonly counter: number;
      readonly networks: readonly Network[];
      readonly options: Parameters<Counting['open']>[1];
    }
  | {
      readonly kind: 'count';
      readonly counter: number;
      readonly request: Omit<CountRequest, 'signal'>;
    }
  | { readonly kind: 'close'; readonly counter: number }
  | { readonly kind: 'exit' };

export interface TaskMessage {
  readonly id: number;
  readonly task: Task;
}

export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: PackedError };

/** An error as plain data: classes do not survive the way between threads. */
export interface PackedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly stack: string | undefined;
}

export function packError(error: unknown): PackedError {
  if (error instanceof FloatpathError)
    return { code: error.code, message: error.message, stack: error.stack };
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  return { code: 'engine-failed', message: `counting worker: ${message}`, stack };
}

/** The cause is the worker's own stack, as text. */
export function unpackError({ code, message, stack }: PackedError): FloatpathError {
  return new FloatpathError(code, message, { cause: stack });
}

/** Posting a view copies the whole buffer behind it, so a view gets a buffer of its own. */
export function postableTensor<T extends Tensor>(tensor: T): T {
  const { data } = tensor;
  return data.byteLength === data.buffer.byteLength ? tensor : { ...tensor, data: data.slice() };
}

export function postableNetwork(network: Network): Network {
  const constants = new Map(
    [...network.constants].map(([name, tensor]) => [name, postableTensor(tensor)]),
  );
  return { ...network, constants };
}

export function postableFeeds(feeds: Feeds): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => [name, postableTensor(tensor)]),
  );
}
