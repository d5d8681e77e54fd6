import type * as BullMq from 'bullmq';
import type { Redis } from 'ioredis';
import { FloatpathError, requireArgument } from '@floatpath/core';

/** What a queue is made of; neither package is needed without one. */
export interface QueueModules {
  readonly bullmq: typeof BullMq;
  readonly Redis: typeof Redis;
}

/** Imports, only when they are needed. Tests hand over broken ones. */
export interface QueueImports {
  readonly bullmq: () => Promise<unknown>;
  readonly ioredis: () => Promise<unknown>;
}

const imports: QueueImports = {
  bullmq: () => import('bullmq'),
  ioredis: () => import('ioredis'),
};

/** @throws {FloatpathError} `engine-unavailable` with the cure */
export async function loadQueue({
  bullmq,
  ioredis,
}: QueueImports = imports): Promise<QueueModules> {
  try {
    const [queue, redis] = (await Promise.all([bullmq(), ioredis()])) as [
      typeof BullMq,
      { readonly Redis: typeof Redis },
    ];
    return { bullmq: queue, Redis: redis.Redis };
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new FloatpathError(
      'engine-unavailable',
      `loadQueue: expected the packages bullmq and ioredis for a queue, got "${reason ?? ''}"; run npm install bullmq ioredis`,
      { cause: error },
    );
  }
}

export interface RedisOptions {
  /** `redis:` or `rediss:`, without user and password. */
  readonly url: string;
  /** User and password are looked up under `FLOATPATH_REDIS_USER` and `FLOATPATH_REDIS_PASSWORD`: `process.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  requireArgument(
    url !== undefined &&
      /^rediss?:$/.test(url.protocol) &&
      url.username === '' &&
      url.password === '',
    'connectRedis: expected an address such as redis://localhost:6379 without user and password, got another one; they go into FLOATPATH_REDIS_USER and FLOATPATH_REDIS_PASSWORD',
  );
  return url;
}

/**
 * A connection to Redis or Valkey, made before anything is queued.
 *
 * @throws {FloatpathError} `invalid-argument` for an address with a user in it; `engine-unavailable` where nobody answers
 */
export async function connectRedis(
  { Redis: Client }: QueueModules,
  { url: text, environment }: RedisOptions,
): Promise<Redis> {
  const url = checkedUrl(text);
  const database = Number(url.pathname.slice(1) || 0);
  const { FLOATPATH_REDIS_USER: username, FLOATPATH_REDIS_PASSWORD: password } = environment;
  const client = new Client({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 6379),
    db: database,
    lazyConnect: true,
    // As BullMQ wants it: commands wait for a connection that was lost.
    maxRetriesPerRequest: null,
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  });
  // Later losses are waited out; without a listener they would end the process.
  let first: unknown;
  client.on('error', (error) => (first ??= error));
  try {
    await client.connect();
    await client.ping();
    return client;
  } catch (error) {
    client.disconnect();
    const cause = (first ?? error) as NodeJS.ErrnoException;
    throw new FloatpathError(
      'engine-unavailable',
      `connectRedis: expected Redis to answer at ${url.host}, got "${cause.code ?? cause.message}"; start it, or run without --redis`,
      { cause },
    );
  }
}
